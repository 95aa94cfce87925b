select
    release.release_id::text as subject,
    release.released_at as happened,
    jsonb_build_object(
        'programme_code', release.programme_code,
        'periods', release.periods,
        'released_at', release.released_at,
        'figures', release.figures,
        'primary_suppressed', release.primary_suppressed,
        'complementary_suppressed', release.complementary_suppressed,
        'counts_attacked', release.counts_attacked,
        'counts_recovered', release.counts_recovered,
        'least_width', release.least_width,
        'median_width', release.median_width,
        'rule', release.rule::text,
        'ops.public_figure', (
            select jsonb_build_object(
                'rows', count(*),
                'sha256', encode(sha256(string_agg(hash, null order by key)), 'hex'),
                'each', string_agg(key || ':' || left(encode(hash, 'hex'), 8), ' ' order by key)
            )
            from (
                select
                    concat_ws(
                        '|', figure.indicator_code, figure.period, figure.unit_code, figure.boundary_basis,
                        figure.measure
                    ) as key,
                    sha256(convert_to(row(
                        figure.programme_code, figure.indicator_code, figure.period, figure.unit_id, figure.unit_code,
                        figure.boundary_basis, figure.measure, figure.unit_level, figure.suppression,
                        figure.numerator, figure.denominator, figure.value_low, figure.value_high, figure.sums
                    )::text, 'UTF8')) as hash
                from ops.public_figure as figure
                where figure.release_id = release.release_id
            ) as hashed
        )
    ) as content
from ops.public_release as release
