// Must not compile: and does not, but for another reason than the one that it names, so run.sh must complain.
// Message: cannot convert

#ifdef MUST_NOT_COMPILE
#error "another reason"
#endif
