-- 检察监督: what procurators write to a unit, and the unit's written replies (社区矫正法 §62). Nothing is changed, steps are added.

CREATE TABLE correction (
    id            UUID PRIMARY KEY,
    -- To whom it is written.
    unit_id       UUID NOT NULL REFERENCES org_unit (id),
    -- Whom it is about; none when it is about the unit's work as a whole.
    person_id     UUID REFERENCES person (id),
    checkin_id    UUID REFERENCES checkin (id),
    kind          TEXT NOT NULL CHECK (kind IN ('opinion', 'suggestion')),
    found         TEXT NOT NULL,
    asked         TEXT NOT NULL,
    filed_by      UUID NOT NULL REFERENCES officer (id),
    -- The procurators' unit: whoever of it comes next goes on with it.
    filed_from    UUID NOT NULL REFERENCES org_unit (id),
    filed_at      BIGINT NOT NULL,
    -- Until when the unit owes its first reply.
    first_due_at  BIGINT NOT NULL,
    -- After the last step: until when it owes the next one, and where the correction stands.
    due_at        BIGINT NOT NULL,
    state         TEXT NOT NULL CHECK (state IN ('filed', 'replied', 'accepted', 'withdrawn')),
    CHECK (checkin_id IS NULL OR person_id IS NOT NULL)
);
CREATE INDEX correction_open ON correction (due_at, id) WHERE state IN ('filed', 'replied');
CREATE INDEX correction_closed ON correction (filed_at, id) WHERE state IN ('accepted', 'withdrawn');
CREATE INDEX correction_person ON correction (person_id) WHERE person_id IS NOT NULL;

CREATE TABLE correction_step (
    correction_id  UUID NOT NULL REFERENCES correction (id),
    -- 1, 2, … in order of time.
    number         INTEGER NOT NULL CHECK (number >= 1),
    officer_id     UUID NOT NULL REFERENCES officer (id),
    at             BIGINT NOT NULL,
    step           JSONB NOT NULL,
    PRIMARY KEY (correction_id, number)
);
