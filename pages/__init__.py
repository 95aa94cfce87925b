"""The pages for officers: server-rendered, read-only, over the marts."""
