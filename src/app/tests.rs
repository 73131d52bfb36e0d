//! Tests of the app: what was, what happens, what is then.
