"""A comment on every schema, in English and Vietnamese; dbt writes those of its tables and columns itself."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

COMMENTS = {
    "raw": (
        "What arrived, as it arrived: files, submissions and their lines. Append-only.",
        "Dữ liệu đã nhận, giữ nguyên như khi nhận: tệp, báo cáo và các dòng. Chỉ thêm, không sửa.",
    ),
    "ops": (
        "What was decided and done: verdicts, runs, alerts, messages, closings.",
        "Những gì đã quyết định và thực hiện: kết quả kiểm tra, lượt chạy, nhắc việc, thư, khóa kỳ.",
    ),
    "catalogue": (
        "The plans as rows: programmes, indicators, targets, deadlines, criteria. Loaded from the seeds.",
        "Các kế hoạch dưới dạng bảng: chương trình, chỉ tiêu, mức phấn đấu, thời hạn, tiêu chí.",
    ),
    "geography": (
        "Org units, their versions and their lineage. Loaded from the seeds.",
        "Danh mục đơn vị, các phiên bản và quan hệ kế thừa.",
    ),
    "staging": (
        "One view per source, its columns renamed and cast.",
        "Mỗi nguồn một bảng, cột được đặt lại tên và chuyển kiểu.",
    ),
    "intermediate": (
        "Steps between staging and marts. Not for readers: they change without notice.",
        "Các bước trung gian giữa staging và marts. Không dành cho người đọc: có thể thay đổi không báo trước.",
    ),
    "marts": (
        "What people and tools read: dimensions, facts and reports, with contracts. Read by the role bi_reader.",
        "Nơi người dùng và công cụ đọc số liệu: danh mục, số liệu và báo cáo, có cam kết về cấu trúc.",
    ),
    "app": (
        "Views and functions that the program itself reads, with contracts.",
        "Các bảng và hàm mà chính chương trình sử dụng, có cam kết về cấu trúc.",
    ),
}


def upgrade() -> None:
    for schema, (english, vietnamese) in COMMENTS.items():
        op.execute(f"comment on schema {schema} is '{english}\nVI: {vietnamese}'")


def downgrade() -> None:
    for schema in COMMENTS:
        op.execute(f"comment on schema {schema} is null")
