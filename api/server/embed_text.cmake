# Writes a .cpp that holds a text: cmake -DOUT=… -DFILE=… -DDECLARED_IN=header.h -DFUNCTION=name -P embed_text.cmake
# In pieces, because a string literal may have 65536 bytes only.
file(READ ${FILE} text)
string(LENGTH "${text}" length)
set(at 0)
set(pieces "")
while(at LESS length)
  string(SUBSTRING "${text}" ${at} 8000 piece)
  string(APPEND pieces "    R\"piece(${piece})piece\"\n")
  math(EXPR at "${at} + 8000")
endwhile()
file(WRITE ${OUT} "#include \"${DECLARED_IN}\"\n\nnamespace ishi::api {\n\nstd::string_view ${FUNCTION}() {\n  return\n${pieces}      ;\n}\n\n}  // namespace ishi::api\n")
