-- What an officer must look at.

CREATE TABLE alert (
    id            UUID PRIMARY KEY,
    person_id     UUID NOT NULL REFERENCES person (id),
    kind          TEXT NOT NULL,
    -- The facts from which it explains itself.
    cause         JSONB NOT NULL,
    -- One for the same thing, however often it is seen.
    dedup         TEXT NOT NULL UNIQUE,
    state         TEXT NOT NULL CHECK (state IN ('open', 'acknowledged', 'task', 'closed')),
    raised_at     BIGINT NOT NULL,
    -- When the next unit above is told. None once nobody is above, or it is closed.
    due_at        BIGINT,
    -- Units above the person's own that it has reached.
    escalated     INTEGER NOT NULL CHECK (escalated >= 0),
    officer_id    UUID REFERENCES officer (id),
    closed_by     UUID REFERENCES officer (id),
    closed_at     BIGINT,
    close_reason  TEXT,
    CHECK ((state = 'closed') = (closed_at IS NOT NULL) AND (closed_at IS NULL) = (close_reason IS NULL)),
    CHECK (state <> 'closed' OR due_at IS NULL)
);
CREATE INDEX alert_person ON alert (person_id, raised_at);
CREATE INDEX alert_state ON alert (state, id);
CREATE INDEX alert_due ON alert (due_at, id) WHERE due_at IS NOT NULL;

-- When duties were made for everybody.
CREATE INDEX event_makings ON event (at, id) WHERE kind IN ('duties_extended', 'calendar_applied');
