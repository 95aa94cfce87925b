-- mails.sql: one row per mail that a person decides about
-- A province sees those whose sender is a contact or an account of one of its units; the others are the operators'.
select mail.mail_no, mail.sender, mail.noted_at, mail.reason, mail.detail
from ops.received_mail as mail
where mail.status = 'waiting' and (%(province)s::text is null or exists (
    select from (
        select unit.unit_id, contact.email from ops.contact as contact
        join app.org_unit as unit on unit.unit_code = contact.unit_code
        union all
        select unit_id, email from ops.account where disabled_at is null
    ) as known
    join app.org_unit as unit on unit.unit_id = known.unit_id
    join app.org_unit as province on province.unit_id = unit.current_province_id
    where lower(known.email) = mail.sender and province.unit_code = %(province)s))
order by mail.mail_no
