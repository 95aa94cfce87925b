"""The arithmetic of figures as functions of the schema app, for the models and for the gate alike.

Each is one expression, so that the planner inlines it.
"""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

FUNCTIONS = (
    """
create function app.integer_low(part numrange) returns numeric immutable parallel safe
    return case
        when lower_inf(part) then 0 when lower_inc(part) then ceil(lower(part)) else floor(lower(part)) + 1 end;
comment on function app.integer_low(numrange) is
'The least whole number in an interval; 0 where it has no lower end, null where there is no interval.
VI: Số nguyên nhỏ nhất của một khoảng; 0 nếu không có cận dưới.';
""",
    """
create function app.integer_high(part numrange) returns numeric immutable parallel safe
    return case
        when upper_inf(part) then 'infinity'
        when upper_inc(part) then floor(upper(part)) else ceil(upper(part)) - 1 end;
comment on function app.integer_high(numrange) is
'The greatest whole number in an interval; infinity where it has no upper end, null where there is no interval.
VI: Số nguyên lớn nhất của một khoảng; vô cực nếu không có cận trên.';
""",
    """
create function app.figure_low(
    measure text, factor numeric,
    numerator_low numeric, numerator_high numeric, denominator_low numeric, denominator_high numeric
) returns numeric immutable parallel safe
    return case measure
        when 'rate' then numerator_low * factor / nullif(denominator_high, 0)
        when 'share' then numerator_low * 100 / nullif(denominator_high, 0)
        when 'change' then 100 - numerator_high * 100 / nullif(denominator_low, 0)
        else numerator_low end;
comment on function app.figure_low(text, numeric, numeric, numeric, numeric, numeric) is
'The lower end of a figure, from the ends of its numerator and denominator; null over a denominator of 0.
VI: Cận dưới của số liệu, tính từ các cận của tử số và mẫu số; rỗng khi mẫu số bằng 0.';
""",
    """
create function app.figure_high(
    measure text, factor numeric,
    numerator_low numeric, numerator_high numeric, denominator_low numeric, denominator_high numeric
) returns numeric immutable parallel safe
    return case measure
        when 'rate' then numerator_high * factor / nullif(denominator_low, 0)
        when 'share' then numerator_high * 100 / nullif(denominator_low, 0)
        when 'change' then 100 - numerator_low * 100 / nullif(denominator_high, 0)
        else numerator_high end;
comment on function app.figure_high(text, numeric, numeric, numeric, numeric, numeric) is
'The upper end of a figure, from the ends of its numerator and denominator; null over a denominator of 0.
VI: Cận trên của số liệu, tính từ các cận của tử số và mẫu số; rỗng khi mẫu số bằng 0.';
""",
    """
create function app.percentage(part numeric, whole numeric) returns numeric immutable parallel safe
    return part * 100.0 / nullif(whole, 0);
comment on function app.percentage(numeric, numeric) is
'A part in percent of the whole, not rounded; null where the whole is 0.
VI: Tỷ lệ phần trăm, không làm tròn; rỗng khi mẫu bằng 0.';
""",
)


def upgrade() -> None:
    for function in FUNCTIONS:
        op.execute(function)


def downgrade() -> None:
    """Views that call the functions go with them; the next build makes them again."""
    op.execute("drop function app.percentage(numeric, numeric) cascade")
    for end in ("low", "high"):
        op.execute(f"drop function app.figure_{end}(text, numeric, numeric, numeric, numeric, numeric) cascade")
        op.execute(f"drop function app.integer_{end}(numrange) cascade")
