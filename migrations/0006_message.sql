-- How persons and officers are reached, and what they are told.

CREATE TABLE contact (
    id          UUID PRIMARY KEY,
    person_id   UUID REFERENCES person (id),
    officer_id  UUID REFERENCES officer (id),
    means       TEXT NOT NULL CHECK (means IN ('sms', 'mail', 'wechat')),
    -- The address, under the person's key, or the house's own for an officer.
    sealed      BYTEA NOT NULL,
    -- Messages that its owner still agreed to; none where one consent is for all.
    consents    INTEGER CHECK (consents >= 0),
    set_at      BIGINT NOT NULL,
    CHECK ((person_id IS NULL) <> (officer_id IS NULL))
);
CREATE UNIQUE INDEX contact_person ON contact (person_id, means) WHERE person_id IS NOT NULL;
CREATE UNIQUE INDEX contact_officer ON contact (officer_id, means) WHERE officer_id IS NOT NULL;

-- The outbox: written with what it tells of, delivered at least once.
CREATE TABLE message (
    id          UUID PRIMARY KEY,
    -- One for the same thing to the same party by the same means.
    dedup       TEXT NOT NULL UNIQUE,
    kind        TEXT NOT NULL,
    -- Whose business it is.
    unit_id     UUID NOT NULL REFERENCES org_unit (id),
    -- To whom; neither of both is the webhook.
    person_id   UUID REFERENCES person (id),
    officer_id  UUID REFERENCES officer (id),
    means       TEXT NOT NULL CHECK (means IN ('webhook', 'sms', 'mail', 'wechat')),
    -- Pointless once this is met, and gone when it is taken back.
    duty_id     UUID REFERENCES duty (id) ON DELETE CASCADE,
    content     JSONB NOT NULL,
    made_at     BIGINT NOT NULL,
    expires_at  BIGINT NOT NULL,
    state       TEXT NOT NULL CHECK (state IN ('waiting', 'delivered', 'dropped', 'dead')),
    attempts    INTEGER NOT NULL CHECK (attempts >= 0),
    -- When it is tried next; while somebody tries, when his lease is over.
    next_at     BIGINT,
    -- Why the last attempt failed, or why it was dropped.
    why         TEXT,
    over_at     BIGINT,
    CHECK (person_id IS NULL OR officer_id IS NULL),
    CHECK ((means = 'webhook') = (person_id IS NULL AND officer_id IS NULL)),
    CHECK ((state = 'waiting') = (next_at IS NOT NULL) AND (next_at IS NULL) = (over_at IS NOT NULL))
);
CREATE INDEX message_next ON message (next_at, id) WHERE next_at IS NOT NULL;
CREATE INDEX message_dead ON message (id) WHERE state = 'dead';
CREATE INDEX message_duty ON message (duty_id) WHERE duty_id IS NOT NULL;
CREATE INDEX message_person ON message (person_id, means, over_at) WHERE person_id IS NOT NULL;
CREATE INDEX message_over ON message (over_at) WHERE over_at IS NOT NULL;
