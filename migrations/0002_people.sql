-- Orders, the end of supervision, transfers, recusals. Persons from before have a wide order until an officer enters theirs.

ALTER TABLE person ADD COLUMN category TEXT NOT NULL DEFAULT 'probation'
    CHECK (category IN ('public_surveillance', 'probation', 'parole', 'outside_prison'));
ALTER TABLE person ADD COLUMN level TEXT NOT NULL DEFAULT 'general' CHECK (level IN ('strict', 'general', 'lenient'));
ALTER TABLE person ADD COLUMN starts_on TEXT NOT NULL DEFAULT '2025-01-01' CHECK (length(starts_on) = 10);
ALTER TABLE person ADD COLUMN ends_on TEXT NOT NULL DEFAULT '2034-12-31' CHECK (length(ends_on) = 10);
ALTER TABLE person ADD COLUMN minor BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE person ADD COLUMN ended_at BIGINT;
ALTER TABLE person ADD COLUMN end_reason TEXT CHECK (end_reason IN ('term_served', 'pardoned', 'revoked', 'imprisoned', 'died'));
ALTER TABLE person ADD COLUMN erase_at BIGINT CHECK ((erase_at IS NULL) = (ended_at IS NULL) AND (end_reason IS NULL) = (ended_at IS NULL));
-- When the key and all that it sealed were erased.
ALTER TABLE person ADD COLUMN erased_at BIGINT CHECK (erased_at IS NULL OR erase_at IS NOT NULL);
CREATE INDEX person_erase ON person (erase_at, id) WHERE erase_at IS NOT NULL AND erased_at IS NULL;

CREATE TABLE transfer (
    id           UUID PRIMARY KEY,
    person_id    UUID NOT NULL REFERENCES person (id),
    from_id      UUID NOT NULL REFERENCES org_unit (id),
    to_id        UUID NOT NULL REFERENCES org_unit (id),
    state        TEXT NOT NULL CHECK (state IN ('proposed', 'accepted', 'declined', 'withdrawn')),
    reason       TEXT NOT NULL,
    proposed_by  UUID NOT NULL REFERENCES officer (id),
    proposed_at  BIGINT NOT NULL,
    decided_by   UUID REFERENCES officer (id),
    decided_at   BIGINT,
    CHECK (from_id <> to_id),
    CHECK ((state = 'proposed') = (decided_by IS NULL) AND (decided_by IS NULL) = (decided_at IS NULL))
);
CREATE UNIQUE INDEX transfer_one_proposed ON transfer (person_id) WHERE state = 'proposed';
CREATE INDEX transfer_from ON transfer (from_id, proposed_at);
CREATE INDEX transfer_to ON transfer (to_id, proposed_at);

CREATE TABLE recusal (
    id          UUID PRIMARY KEY,
    person_id   UUID NOT NULL REFERENCES person (id),
    officer_id  UUID NOT NULL REFERENCES officer (id),
    reason      TEXT NOT NULL,
    set_by      UUID NOT NULL REFERENCES officer (id),
    set_at      BIGINT NOT NULL,
    lifted_by   UUID REFERENCES officer (id),
    lifted_at   BIGINT,
    CHECK ((lifted_by IS NULL) = (lifted_at IS NULL))
);
CREATE UNIQUE INDEX recusal_one_live ON recusal (officer_id, person_id) WHERE lifted_at IS NULL;
CREATE INDEX recusal_person ON recusal (person_id, set_at);

-- What officers did, for the auditor.
CREATE INDEX event_actor ON event (actor_id, at, id) WHERE actor = 'officer';
