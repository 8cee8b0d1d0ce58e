-- Calls that officers made to persons, as they wrote them down.

CREATE TABLE call (
    id          UUID PRIMARY KEY,
    person_id   UUID NOT NULL REFERENCES person (id),
    -- The attempt that it was about, if it was about one.
    checkin_id  UUID REFERENCES checkin (id),
    officer_id  UUID NOT NULL REFERENCES officer (id),
    at          BIGINT NOT NULL,
    outcome     TEXT NOT NULL CHECK (outcome IN ('reached', 'other_answered', 'no_answer', 'wrong_number')),
    note        TEXT NOT NULL
);
CREATE INDEX call_person ON call (person_id, at, id);
