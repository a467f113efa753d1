// Must not compile: but it does, so run.sh must complain.
// Message: anything

#ifdef MUST_NOT_COMPILE
int planted();
#endif
