#include "registry/text.h"

#include <gtest/gtest.h>

namespace ishi {
namespace {

TEST(Text, OrdinaryWordsAreShownAsTheyAre) {
  for (const char* text : {"", "Proved: 3 lines", "照合の実施（番号 3）", "が\u3099 Ünïcode 𠮷野家"})
    EXPECT_EQ(printable(text), text);
}

TEST(Text, WhatRulesATerminalIsShownAsAQuestionMark) {
  EXPECT_EQ(printable("a\x1b[2Jb"), "a?[2Jb");
  EXPECT_EQ(printable("a\r\nb\tc\x7f"), "a??b?c?");
  EXPECT_EQ(printable("a\u009b2K"), "a?2K");
  EXPECT_EQ(printable("\u202eabc\u202c \u2066d\u2069 \u200e\u200f\u061c"), "?abc? ?d? ???");
  EXPECT_EQ(printable("one\u2028two\u2029"), "one?two?");
}

TEST(Text, BytesThatAreNoUtf8AreShownAsQuestionMarks) {
  EXPECT_EQ(printable("a\xffz"), "a?z");
  EXPECT_EQ(printable("\xe3\x81"), "??");
  EXPECT_EQ(printable("\xc2\x9b"
                      "1A"),
            "?1A");
}

}  // namespace
}  // namespace ishi
