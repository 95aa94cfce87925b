"""What of a mail may be looked up in the database and written there: Message-IDs and addresses, whoever wrote them."""

import re

MESSAGE_ID = re.compile(r"<[^<>\s\x00-\x20\x7f-\uffff]{1,250}>")
ADDRESS = re.compile(r"[^<>\s\x00-\x20\x7f-\x9f\ud800-\udfff]{1,254}")
"""The whole of one: no control character, which a database takes for an error, and no half of a character."""
