-- One text for SQLite and PostgreSQL. Times are microseconds since 1970-01-01T00:00:00Z; JSONB holds objects only.

CREATE TABLE org_unit (
    id          UUID PRIMARY KEY,
    parent_id   UUID REFERENCES org_unit (id),
    level       TEXT NOT NULL CHECK (level IN ('ministry', 'province', 'city', 'county', 'office')),
    name        TEXT NOT NULL,
    path        TEXT NOT NULL UNIQUE,
    created_at  BIGINT NOT NULL
);

CREATE TABLE officer (
    id              UUID PRIMARY KEY,
    unit_id         UUID NOT NULL REFERENCES org_unit (id),
    login           TEXT NOT NULL UNIQUE,
    name            TEXT NOT NULL,
    role            TEXT NOT NULL CHECK (role IN ('station_officer', 'county_officer', 'county_head', 'operator', 'social_worker',
                                                  'procurator', 'auditor', 'administrator')),
    password_hash   TEXT NOT NULL,
    totp_sealed     BYTEA NOT NULL,
    totp_last_step  BIGINT NOT NULL,
    failed_count    INTEGER NOT NULL,
    locked_until    BIGINT,
    created_at      BIGINT NOT NULL,
    disabled_at     BIGINT
);
CREATE INDEX officer_unit ON officer (unit_id);

CREATE TABLE officer_session (
    id          UUID PRIMARY KEY,
    token_hash  BYTEA NOT NULL UNIQUE,
    officer_id  UUID NOT NULL REFERENCES officer (id),
    created_at  BIGINT NOT NULL,
    expires_at  BIGINT NOT NULL,
    revoked_at  BIGINT
);
CREATE INDEX officer_session_officer ON officer_session (officer_id);

CREATE TABLE person (
    id             UUID PRIMARY KEY,
    unit_id        UUID NOT NULL REFERENCES org_unit (id),
    name           TEXT NOT NULL,
    case_number    TEXT NOT NULL UNIQUE,
    registered_at  BIGINT NOT NULL
);
CREATE INDEX person_unit ON person (unit_id, id);

-- Without this row nothing sealed for the person can be read again.
CREATE TABLE person_key (
    person_id  UUID PRIMARY KEY REFERENCES person (id),
    wrapped    BYTEA NOT NULL,
    master_id  TEXT NOT NULL
);

CREATE TABLE plan (
    id              UUID PRIMARY KEY,
    person_id       UUID NOT NULL REFERENCES person (id),
    version         INTEGER NOT NULL CHECK (version >= 1),
    zone            TEXT NOT NULL,
    -- Quiet hours and rules.
    terms           JSONB NOT NULL,
    -- Decides the times of random checks.
    seed            BYTEA NOT NULL CHECK (length(seed) = 32),
    effective_from  TEXT NOT NULL CHECK (length(effective_from) = 10),
    written_at      BIGINT NOT NULL,
    UNIQUE (person_id, version),
    UNIQUE (id, person_id)
);

CREATE TABLE duty (
    id          UUID PRIMARY KEY,
    person_id   UUID NOT NULL,
    plan_id     UUID NOT NULL,
    rule        INTEGER NOT NULL CHECK (rule >= 0),
    opens_at    BIGINT NOT NULL,
    closes_at   BIGINT NOT NULL,
    late_until  BIGINT NOT NULL,
    factors     TEXT NOT NULL CHECK (factors IN ('face_and_voice', 'face', 'voice')),
    -- Nobody may know of it before it opens.
    unannounced BOOLEAN NOT NULL,
    attendance  TEXT NOT NULL CHECK (attendance IN ('due', 'on_time', 'late', 'under_review', 'excused', 'missed')),
    marked_at   BIGINT,
    -- One key for plan and person: a row's insertion asks once whether they are there. What names a duty begins with its person, so that his
    -- duties in order of opening need no index of their own.
    FOREIGN KEY (plan_id, person_id) REFERENCES plan (id, person_id),
    UNIQUE (person_id, opens_at, plan_id, rule),
    CHECK (opens_at < closes_at AND closes_at <= late_until)
);
CREATE INDEX duty_end ON duty (person_id, late_until);
CREATE INDEX duty_day ON duty (opens_at, id);
CREATE INDEX duty_due ON duty (late_until, id) WHERE attendance = 'due';

CREATE TABLE activation (
    code_hash   BYTEA PRIMARY KEY,
    person_id   UUID NOT NULL REFERENCES person (id),
    issued_by   UUID NOT NULL REFERENCES officer (id),
    issued_at   BIGINT NOT NULL,
    expires_at  BIGINT NOT NULL,
    used_at     BIGINT
);
CREATE INDEX activation_person ON activation (person_id);

CREATE TABLE device (
    id            UUID PRIMARY KEY,
    person_id     UUID NOT NULL REFERENCES person (id),
    thumbprint    TEXT NOT NULL,
    public_key    BYTEA NOT NULL,
    label         TEXT NOT NULL,
    activated_at  BIGINT NOT NULL,
    revoked_at    BIGINT
);
CREATE UNIQUE INDEX device_one_live_of_person ON device (person_id) WHERE revoked_at IS NULL;
CREATE UNIQUE INDEX device_one_live_of_key ON device (thumbprint) WHERE revoked_at IS NULL;

CREATE TABLE checkin (
    id               UUID PRIMARY KEY,
    duty_id          UUID NOT NULL REFERENCES duty (id),
    person_id        UUID NOT NULL REFERENCES person (id),
    device_id        UUID NOT NULL REFERENCES device (id),
    state            TEXT NOT NULL CHECK (state IN ('open', 'queued', 'running', 'verified', 'retry', 'review', 'accepted', 'declined',
                                                    'asked_again', 'expired')),
    claim            INTEGER NOT NULL,
    lease_until      BIGINT,
    prompt           TEXT NOT NULL,
    nonce            TEXT NOT NULL,
    opened_at        BIGINT NOT NULL,
    expires_at       BIGINT NOT NULL,
    submitted_at     BIGINT,
    facts            JSONB,
    measurement      JSONB,
    verdict          JSONB,
    failed_match     BOOLEAN NOT NULL,
    concluded_at     BIGINT,
    decision         TEXT CHECK (decision IN ('accept', 'decline', 'ask_again')),
    decided_by       UUID REFERENCES officer (id),
    decision_reason  TEXT,
    decided_at       BIGINT,
    CHECK (state IN ('open', 'expired') OR submitted_at IS NOT NULL),
    CHECK (state <> 'running' OR lease_until IS NOT NULL),
    CHECK (state IN ('open', 'queued', 'running', 'expired') OR (verdict IS NOT NULL AND concluded_at IS NOT NULL)),
    CHECK (state NOT IN ('accepted', 'declined', 'asked_again') OR (decision IS NOT NULL AND decided_by IS NOT NULL AND decided_at IS NOT NULL))
);
CREATE INDEX checkin_duty ON checkin (duty_id, opened_at, id);
CREATE INDEX checkin_person ON checkin (person_id, opened_at);
CREATE INDEX checkin_queue ON checkin (submitted_at, id) WHERE state IN ('queued', 'running');
CREATE INDEX checkin_open ON checkin (expires_at, id) WHERE state = 'open';
CREATE INDEX checkin_review ON checkin (submitted_at, id) WHERE state = 'review';

CREATE TABLE enrolment (
    id            UUID PRIMARY KEY,
    person_id     UUID NOT NULL REFERENCES person (id),
    officer_id    UUID NOT NULL REFERENCES officer (id),
    state         TEXT NOT NULL CHECK (state IN ('open', 'queued', 'running', 'complete', 'refused')),
    claim         INTEGER NOT NULL,
    lease_until   BIGINT,
    opened_at     BIGINT NOT NULL,
    submitted_at  BIGINT,
    findings      JSONB,
    concluded_at  BIGINT,
    CHECK (state = 'open' OR submitted_at IS NOT NULL),
    CHECK (state <> 'running' OR lease_until IS NOT NULL),
    CHECK (state NOT IN ('complete', 'refused') OR (findings IS NOT NULL AND concluded_at IS NOT NULL))
);
CREATE INDEX enrolment_person ON enrolment (person_id, opened_at);
CREATE INDEX enrolment_queue ON enrolment (submitted_at, id) WHERE state IN ('queued', 'running');

CREATE TABLE template (
    id            UUID PRIMARY KEY,
    enrolment_id  UUID NOT NULL REFERENCES enrolment (id),
    person_id     UUID NOT NULL REFERENCES person (id),
    modality      TEXT NOT NULL CHECK (modality IN ('face', 'voice')),
    pack          TEXT NOT NULL,
    sealed        BYTEA NOT NULL,
    created_at    BIGINT NOT NULL,
    retired_at    BIGINT
);
CREATE UNIQUE INDEX template_one_live ON template (person_id, modality, pack) WHERE retired_at IS NULL;

CREATE TABLE media (
    id            UUID PRIMARY KEY,
    person_id     UUID NOT NULL REFERENCES person (id),
    owner         TEXT NOT NULL CHECK (owner IN ('checkin', 'enrolment')),
    owner_id      UUID NOT NULL,
    part          TEXT NOT NULL,
    phrase        TEXT,
    len           BIGINT NOT NULL CHECK (len >= 0),
    sha256        BYTEA,
    created_at    BIGINT NOT NULL,
    completed_at  BIGINT,
    UNIQUE (owner_id, part),
    CHECK ((sha256 IS NULL) = (completed_at IS NULL))
);
CREATE INDEX media_person ON media (person_id, created_at);

CREATE TABLE media_chunk (
    media_id    UUID NOT NULL REFERENCES media (id),
    start       BIGINT NOT NULL CHECK (start >= 0),
    len         BIGINT NOT NULL CHECK (len > 0),
    object_key  TEXT NOT NULL,
    PRIMARY KEY (media_id, start)
);

-- What was handed in once is never taken again, byte for byte.
CREATE TABLE media_seen (
    sha256    BYTEA PRIMARY KEY,
    media_id  UUID NOT NULL,
    seen_at   BIGINT NOT NULL
);

CREATE TABLE event (
    id         UUID PRIMARY KEY,
    at         BIGINT NOT NULL,
    actor      TEXT NOT NULL CHECK (actor IN ('system', 'officer', 'device')),
    actor_id   UUID,
    person_id  UUID REFERENCES person (id),
    kind       TEXT NOT NULL,
    body       JSONB NOT NULL,
    CHECK ((actor = 'system') = (actor_id IS NULL))
);
CREATE INDEX event_person ON event (person_id, at, id);
CREATE INDEX event_at ON event (at, id);

CREATE TABLE idempotency (
    principal    TEXT NOT NULL,
    key          TEXT NOT NULL CHECK (length(key) <= 255),
    fingerprint  BYTEA NOT NULL,
    status       INTEGER,
    response     BYTEA,
    created_at   BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL,
    PRIMARY KEY (principal, key),
    CHECK ((status IS NULL) = (response IS NULL))
);
CREATE INDEX idempotency_expiry ON idempotency (expires_at);

CREATE TABLE server_key (
    kid         TEXT PRIMARY KEY,
    purpose     TEXT NOT NULL,
    sealed      BYTEA NOT NULL,
    created_at  BIGINT NOT NULL
);
CREATE INDEX server_key_purpose ON server_key (purpose, created_at);
