from warehouse.logging import configure, get_logger, mask


def test_a_log_line_goes_to_stderr_and_shows_no_password(capsys):
    configure()
    try:
        raise ConnectionError("postgresql://baocao_owner:s3cret@127.0.0.1:5432/baocao is down")
    except ConnectionError:
        get_logger("warehouse.tried").exception("Asked %s", "smtp://office:s3cret@mail.example")
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "ConnectionError" in captured.err
    assert "smtp://office:***@mail.example" in captured.err
    assert "s3cret" not in captured.err


def test_a_line_is_written_once_however_often_logging_was_configured(capsys):
    configure()
    configure()
    get_logger("ingest.tried").info("received")
    get_logger("somebody.else").info("chatter")
    assert capsys.readouterr().err.count("received") == 1
    assert "chatter" not in capsys.readouterr().err


def test_an_address_without_a_password_is_left_as_it_is():
    assert mask("http://127.0.0.1:8080/dags and a@b.vn") == "http://127.0.0.1:8080/dags and a@b.vn"
