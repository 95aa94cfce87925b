"""A real IMAP server on the loopback interface: Dovecot, with a configuration and mailboxes of the test's own."""

import getpass
import grp
import imaplib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from tests.integration.letterbox import free_port

PROGRAM = shutil.which("dovecot") or ("/usr/sbin/dovecot" if Path("/usr/sbin/dovecot").exists() else None)
PASSWORD = "bí-mật%7"
"""Of every user: each test has a mailbox of its own by its name."""
START_SECONDS = 30

COMMON = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
default_internal_user = {internal}
default_internal_group = {internal_group}
default_login_user = {login}
first_valid_uid = 0
first_valid_gid = 0
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""
OF_2_3 = """
ssl = yes
ssl_cert = <{certificate}
ssl_key = <{key}
disable_plaintext_auth = no
mail_location = maildir:{folder}/mail/%u
mail_uid = {uid}
mail_gid = {gid}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/home/%u
}}
namespace inbox {{
  inbox = yes
  prefix = {prefix}
  separator = {separator}
}}
{capability}
"""


@dataclass(frozen=True)
class ImapServer:
    """port, tls_port: on 127.0.0.1. prefix, separator: of the folders of an account."""

    port: int
    tls_port: int
    folder: Path
    certificate: Path
    prefix: str
    separator: str


@dataclass(frozen=True)
class ImapMailbox:
    """One user's mailbox."""

    server: ImapServer
    user: str

    def url(self, *, is_tls: bool = False, password: str = PASSWORD) -> str:
        """Its BAOCAO_MAILBOX_URL."""
        scheme, port = ("imaps", self.server.tls_port) if is_tls else ("imap", self.server.port)
        return f"{scheme}://{quote(self.user, safe='')}:{quote(password, safe='')}@127.0.0.1:{port}/INBOX"

    def client(self) -> imaplib.IMAP4:
        """Signed in, as the mail program of whoever looks after the mailbox."""
        found = imaplib.IMAP4("127.0.0.1", self.server.port, timeout=START_SECONDS)
        found.authenticate("PLAIN", lambda _: f"\0{self.user}\0{PASSWORD}".encode())
        return found

    def deliver(self, mail: bytes) -> None:
        """As a mail server would: into the inbox."""
        with self.client() as client:
            assert client.append("INBOX", "", "", mail)[0] == "OK"

    def mails(self, *folder: str) -> list[bytes]:
        """The mails in a folder, by level; of the inbox without one. None where there is no such folder."""
        name = self.server.prefix + self.server.separator.join(folder) if folder else "INBOX"
        with self.client() as client:
            if client.select(f'"{name}"', readonly=True)[0] != "OK":
                return []
            uids = client.uid("SEARCH", "UNDELETED")[1][0].split()
            return [client.uid("FETCH", uid.decode(), "(BODY.PEEK[])")[1][0][1] for uid in uids]


@contextmanager
def running(prefix: str = "", separator: str = "/", capability: str = "") -> Iterator[ImapServer]:
    """Dovecot is up inside the block. capability: all that it says it can, where that is to be less than it can."""
    assert PROGRAM, "Mailboxes are tested with Dovecot, and there is none. Debian: apt-get install dovecot-imapd"
    folder = Path(tempfile.mkdtemp(prefix="baocao-imap-"))
    folder.chmod(0o755)
    certificate, key = _certificate(folder)
    server = ImapServer(free_port(), free_port(), folder, certificate, prefix, separator)
    (folder / "dovecot.conf").write_text(_configuration(server, key, capability), encoding="utf-8")
    process = subprocess.Popen([PROGRAM, "-F", "-c", folder / "dovecot.conf"], stderr=subprocess.PIPE)
    try:
        _wait(server, process)
        yield server
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(START_SECONDS)
        shutil.rmtree(folder)


def _configuration(server: ImapServer, key: Path, capability: str) -> str:
    """Without root everything runs as whoever runs the tests; with it, as users that nobody signs in with."""
    is_root = os.getuid() == 0
    me, group = getpass.getuser(), grp.getgrgid(os.getgid()).gr_name
    owner = pwd.getpwnam("nobody") if is_root else pwd.getpwuid(os.getuid())
    for name in ("mail", "home"):
        (server.folder / name).mkdir()
        if is_root:
            os.chown(server.folder / name, owner.pw_uid, owner.pw_gid)
    return (COMMON + OF_2_3).format(
        folder=server.folder,
        internal="dovecot" if is_root else me,
        internal_group="dovecot" if is_root else group,
        login="dovenull" if is_root else me,
        port=server.port,
        tls_port=server.tls_port,
        certificate=server.certificate,
        key=key,
        uid=owner.pw_uid,
        gid=owner.pw_gid,
        password=PASSWORD.replace("%", "%%"),
        prefix=server.prefix,
        separator=server.separator,
        capability=f"protocol imap {{\n  imap_capability = {capability}\n}}" if capability else "",
    )


def _wait(server: ImapServer, process: subprocess.Popen) -> None:
    ends = time.monotonic() + START_SECONDS
    while True:
        try:
            ImapMailbox(server, "nobody@example.org").client().logout()
            return
        except (OSError, imaplib.IMAP4.error) as error:
            log = server.folder / "log"
            assert process.poll() is None and time.monotonic() < ends, (
                f"{error}\n{log.read_text() if log.exists() else ''}{process.stderr.read() if process.poll() else ''}"
            )
            time.sleep(0.1)


def _certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate of 127.0.0.1 that signs itself, for the time of a test."""
    import datetime
    import ipaddress

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate, private = folder / "certificate.pem", folder / "key.pem"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return certificate, private
