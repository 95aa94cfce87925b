{% macro vietnamese_sort_key(text) -%}
    {#- A text as bytes in the order of the Vietnamese alphabet: a ă â b c d đ e ê …, then by tone (none, huyền, hỏi, ngã,
        sắc, nặng), numbers up to four digits by their size. PostgreSQL's own order of Vietnamese needs ICU or a locale of
        the system, and neither is everywhere. A letter with relatives is followed by its number among them, so that
        positions stay aligned; blanks and marks are 0, which comes before every letter. -#}
    {%- set letters = [
        ("a0", "aàảãáạ"),
        ("a1", "ăằẳẵắặ"),
        ("a2", "âầẩẫấậ"),
        ("d0", "d"),
        ("d1", "đ"),
        ("e0", "eèẻẽéẹ"),
        ("e1", "êềểễếệ"),
        ("i", "iìỉĩíị"),
        ("o0", "oòỏõóọ"),
        ("o1", "ôồổỗốộ"),
        ("o2", "ơờởỡớợ"),
        ("u0", "uùủũúụ"),
        ("u1", "ưừửữứự"),
        ("y", "yỳỷỹýỵ"),
    ] -%}
    {%- set tones = [
        "àằầèềìòồờùừỳ",
        "ảẳẩẻểỉỏổởủửỷ",
        "ãẵẫẽễĩõỗỡũữỹ",
        "áắấéếíóốớúứý",
        "ạặậẹệịọộợụựỵ",
    ] -%}
    {%- set lower = "lower(normalize(" ~ text ~ ", nfc))" -%}
    {%- set padded = "regexp_replace(" ~ lower ~ ", '([0-9]+)', '000\\1', 'g')" -%}
    {%- set ns = namespace(
        key="regexp_replace(" ~ padded ~ ", '[0-9]*([0-9]{4})', '\\1', 'g')",
        tone="regexp_replace(" ~ lower ~ ", '[0-9]', '0', 'g')",
    ) -%}
    {%- for code, relatives in letters -%}
        {%- set both = relatives ~ relatives | upper -%}
        {%- set ns.key = "regexp_replace(" ~ ns.key ~ ", '[" ~ both ~ "]', '" ~ code ~ "', 'g')" -%}
    {%- endfor -%}
    {%- for of_tone in tones -%}
        {%- set both = of_tone ~ of_tone | upper -%}
        {%- set ns.tone = (
            "regexp_replace("
            ~ ns.tone
            ~ ", '["
            ~ both
            ~ "]', '"
            ~ loop.index
            ~ "', 'g')"
        ) -%}
    {%- endfor -%}
    (
        regexp_replace({{ ns.key }}, '[^a-z0-9]', '0', 'g')
        || ' '
        || regexp_replace({{ ns.tone }}, '[^1-5]', '0', 'g')
    )
    collate "C"
{%- endmacro %}
