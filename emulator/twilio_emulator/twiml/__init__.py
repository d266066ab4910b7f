"""TwiML: documents, verbs, and the interpreter that runs them as steps."""
