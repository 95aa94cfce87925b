"""How a message leaves: by mail, by signed JSON, by a notification service; one interface."""
