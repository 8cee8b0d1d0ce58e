-- What officers think of a case. To refuse takes two who do not know of each other, so the first one's word waits here.

CREATE TABLE review_opinion (
    checkin_id  UUID NOT NULL REFERENCES checkin (id),
    officer_id  UUID NOT NULL REFERENCES officer (id),
    decision    TEXT NOT NULL CHECK (decision IN ('accept', 'decline', 'ask_again')),
    reason      TEXT NOT NULL,
    at          BIGINT NOT NULL,
    PRIMARY KEY (checkin_id, officer_id)
);
CREATE INDEX review_opinion_officer ON review_opinion (officer_id);

-- 申诉: what a person says against it that a check-in of his was declined, and what another officer makes of that.

CREATE TABLE checkin_appeal (
    checkin_id  UUID PRIMARY KEY REFERENCES checkin (id),
    person_id   UUID NOT NULL REFERENCES person (id),
    text        TEXT NOT NULL,
    filed_at    BIGINT NOT NULL,
    finding     TEXT CHECK (finding IN ('upheld', 'granted')),
    decided_by  UUID REFERENCES officer (id),
    reason      TEXT,
    decided_at  BIGINT,
    CHECK ((finding IS NULL) = (decided_at IS NULL)),
    CHECK (finding IS NULL OR (decided_by IS NOT NULL AND reason IS NOT NULL))
);
CREATE INDEX checkin_appeal_person ON checkin_appeal (person_id);
CREATE INDEX checkin_appeal_open ON checkin_appeal (filed_at, checkin_id) WHERE decided_at IS NULL;

-- What open pages are told of.
DROP INDEX event_told;
CREATE INDEX event_told ON event (at, id) WHERE kind IN ('checkin_concluded', 'checkin_decided', 'second_look_asked', 'checkin_appealed',
                                                         'checkin_appeal_decided', 'review_claimed', 'duty_marked', 'alert_raised',
                                                         'alert_moved', 'leave_asked', 'leave_stepped');
