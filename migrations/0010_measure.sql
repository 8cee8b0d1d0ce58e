-- 检察核对、处置记录: who was supervised when the procurators' month ended, as the persons stood, not as the log tells; and measures of
-- 社区矫正法 §28 as officers entered them.

CREATE TABLE census (
    -- The last day of the month that it closes.
    day       TEXT PRIMARY KEY CHECK (length(day) = 10),
    taken_at  BIGINT NOT NULL
);

CREATE TABLE census_person (
    day        TEXT NOT NULL REFERENCES census (day),
    person_id  UUID NOT NULL REFERENCES person (id),
    unit_id    UUID NOT NULL REFERENCES org_unit (id),
    category   TEXT NOT NULL,
    level      TEXT NOT NULL,
    PRIMARY KEY (day, person_id)
);

-- What moves persons between units and classes.
CREATE INDEX event_movement ON event (person_id, at, id)
    WHERE kind IN ('person_registered', 'order_changed', 'transfer_proposed', 'transfer_decided', 'supervision_ended');

CREATE TABLE measure (
    id                UUID PRIMARY KEY,
    person_id         UUID NOT NULL REFERENCES person (id),
    kind              TEXT NOT NULL
        CHECK (kind IN ('admonition', 'warning', 'penalty_proposed', 'revocation_proposed', 'imprisonment_proposed')),
    day               TEXT NOT NULL CHECK (length(day) = 10),
    reason            TEXT NOT NULL,
    entered_by        UUID NOT NULL REFERENCES officer (id),
    entered_at        BIGINT NOT NULL,
    withdrawn_by      UUID REFERENCES officer (id),
    withdrawn_at      BIGINT,
    withdrawn_reason  TEXT,
    CHECK ((withdrawn_by IS NULL) = (withdrawn_at IS NULL) AND (withdrawn_at IS NULL) = (withdrawn_reason IS NULL))
);
CREATE INDEX measure_person ON measure (person_id, day, id);
