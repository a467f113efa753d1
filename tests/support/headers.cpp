// Nothing: the target of this file owns the precompiled headers of all tests (tests/CMakeLists.txt).
