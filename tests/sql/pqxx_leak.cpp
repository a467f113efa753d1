// pqxx 6.4.5 drops the result it was told of a lost connection with (about 2 KB each time): it throws before it has
// wrapped it. That is the library's and comes once per lost connection; everything else that leaks is still told.
extern "C" const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_suppressions() {
  return "leak:PQmakeEmptyPGresult\n";
}
