-- 请假、销假: what was asked for, and the steps that followed. Nothing is changed, steps are added.

CREATE TABLE leave (
    id         UUID PRIMARY KEY,
    person_id  UUID NOT NULL REFERENCES person (id),
    request    JSONB NOT NULL,
    asked_at   BIGINT NOT NULL,
    -- Who wrote it down for him; none when he asked from his phone.
    asked_by   UUID REFERENCES officer (id),
    -- After the last step.
    state      TEXT NOT NULL CHECK (state IN ('requested', 'reviewed', 'approved', 'recalled', 'refused', 'withdrawn', 'cancelled',
                                              'returned', 'replaced')),
    -- When he must be back; none where nobody waits for him, and once officers were told that he is not.
    due_at     BIGINT
);
CREATE INDEX leave_person ON leave (person_id, asked_at, id);
CREATE INDEX leave_pending ON leave (id) WHERE state IN ('requested', 'reviewed');
CREATE INDEX leave_due ON leave (due_at, id) WHERE due_at IS NOT NULL;

CREATE TABLE leave_step (
    leave_id  UUID NOT NULL REFERENCES leave (id),
    -- 1, 2, … in order of time.
    number    INTEGER NOT NULL CHECK (number >= 1),
    step      JSONB NOT NULL,
    -- The datum and the coordinates of its grounds, as the officer entered them.
    drawn     JSONB,
    PRIMARY KEY (leave_id, number)
);

-- Check-ins by which a person says that he is back.
CREATE TABLE leave_report (
    checkin_id  UUID PRIMARY KEY REFERENCES checkin (id),
    leave_id    UUID NOT NULL REFERENCES leave (id)
);
CREATE INDEX leave_report_leave ON leave_report (leave_id);
