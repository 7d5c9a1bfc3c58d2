"""Leave the accounts of other agencies alone when somebody's number comes late.

A human being whose account has a role elsewhere would otherwise be made another by an officer who
only may change the roster of one agency. SQLSTATE BV004 says that the platform's operator has to
join the two.
"""

from alembic import op


revision = "0011"
down_revision = "0010"

GUARDED = """
    CREATE OR REPLACE FUNCTION identify_person(who uuid, fresh uuid, wanted bytea) RETURNS uuid
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        province smallint := nullif(current_setting('app.province_id', true), '')::smallint;
        agency uuid := nullif(current_setting('app.tenant_id', true), '')::uuid;
        former uuid;
        rightful uuid;
        is_alone boolean;
    BEGIN
        SELECT identity_id INTO STRICT former FROM person
        WHERE province_id = province AND tenant_id = agency AND id = who
        FOR UPDATE;
        SELECT id INTO rightful FROM identity
        WHERE province_id = province AND cccd_index = wanted;
        IF rightful = former THEN
            RETURN former;
        END IF;
        is_alone := NOT EXISTS (SELECT FROM person WHERE identity_id = former AND id <> who);
        IF rightful IS NULL AND is_alone THEN
            UPDATE identity SET cccd_index = wanted WHERE id = former;
            RETURN former;
        END IF;
        IF is_alone AND EXISTS (
            SELECT FROM account JOIN membership ON membership.account_id = account.id
            WHERE account.identity_id = former
            AND (membership.province_id, membership.tenant_id) <> (province, agency)
        ) THEN
            RAISE EXCEPTION 'the account of this person has a role in another agency'
                USING ERRCODE = 'BV004';
        END IF;
        rightful := coalesce(rightful, claim_identity(fresh, wanted));
        UPDATE person SET identity_id = rightful
        WHERE province_id = province AND tenant_id = agency AND id = who;
        IF is_alone THEN
            UPDATE account SET identity_id = rightful WHERE identity_id = former;
            UPDATE dossier_event SET actor_identity_id = rightful
            WHERE actor_identity_id = former;
            UPDATE team_score SET appraiser_identity_id = rightful
            WHERE appraiser_identity_id = former;
            UPDATE decision SET signer_identity_id = rightful WHERE signer_identity_id = former;
        END IF;
        RETURN rightful;
    END
    $$
"""
UNGUARDED = """
    CREATE OR REPLACE FUNCTION identify_person(who uuid, fresh uuid, wanted bytea) RETURNS uuid
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        province smallint := nullif(current_setting('app.province_id', true), '')::smallint;
        agency uuid := nullif(current_setting('app.tenant_id', true), '')::uuid;
        former uuid;
        rightful uuid;
        is_alone boolean;
    BEGIN
        SELECT identity_id INTO STRICT former FROM person
        WHERE province_id = province AND tenant_id = agency AND id = who
        FOR UPDATE;
        SELECT id INTO rightful FROM identity
        WHERE province_id = province AND cccd_index = wanted;
        IF rightful = former THEN
            RETURN former;
        END IF;
        is_alone := NOT EXISTS (SELECT FROM person WHERE identity_id = former AND id <> who);
        IF rightful IS NULL AND is_alone THEN
            UPDATE identity SET cccd_index = wanted WHERE id = former;
            RETURN former;
        END IF;
        rightful := coalesce(rightful, claim_identity(fresh, wanted));
        UPDATE person SET identity_id = rightful
        WHERE province_id = province AND tenant_id = agency AND id = who;
        IF is_alone THEN
            UPDATE account SET identity_id = rightful WHERE identity_id = former;
            UPDATE dossier_event SET actor_identity_id = rightful
            WHERE actor_identity_id = former;
            UPDATE team_score SET appraiser_identity_id = rightful
            WHERE appraiser_identity_id = former;
            UPDATE decision SET signer_identity_id = rightful WHERE signer_identity_id = former;
        END IF;
        RETURN rightful;
    END
    $$
"""


def upgrade() -> None:
    op.execute(GUARDED)


def downgrade() -> None:
    op.execute(UNGUARDED)
