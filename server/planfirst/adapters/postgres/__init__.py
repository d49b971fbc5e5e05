"""The store of a team: PostgreSQL with pgvector, behind the same verbs as the store in a folder.

Whoever may write changes it in one transaction; readers see what was there before or after it. The password is in no
message: what is shown of an address is user, host, port and database.
"""
