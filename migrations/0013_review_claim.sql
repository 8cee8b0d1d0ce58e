-- Who looks at a case now: two officers never work on one. A claim that is over is nobody's.

CREATE TABLE review_claim (
    checkin_id  UUID PRIMARY KEY REFERENCES checkin (id),
    officer_id  UUID NOT NULL REFERENCES officer (id),
    claimed_at  BIGINT NOT NULL,
    expires_at  BIGINT NOT NULL,
    CHECK (claimed_at < expires_at)
);
CREATE INDEX review_claim_officer ON review_claim (officer_id);

-- What open pages are told of.
CREATE INDEX event_told ON event (at, id) WHERE kind IN ('checkin_concluded', 'checkin_decided', 'review_claimed', 'duty_marked', 'alert_raised',
                                                         'alert_moved', 'leave_asked', 'leave_stepped');
