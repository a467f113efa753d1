// Each case is one mistake in a document that is otherwise right; it must bring one complaint that names the line and
// the field and says what would be right.
#include <gtest/gtest.h>

#include "tests/registry/policy/reading.h"

namespace ishi {
namespace {

using namespace policy_testing;

const char* const kOwn = R"([[institution]]
code = "1312345679"
name = "見本病院"
[[institution.filing]]
regime = "TOLD"
number = "1"
valid_from = 2025-04-01
[[operator]]
code = "OP"
name = "見本事業者"
regimes = ["TOLD"]
certified_from = 2024-12-13
[[template]]
id = "letter"
regime = "TOLD"
legal_version = "V2024"
effective_from = 2025-04-01
[[campaign]]
id = "autumn"
holder = "1312345679"
regime = "TOLD"
template = "letter"
running_from = 2025-10-01
methods = ["POSTER", "WEBSITE"]
[[caller]]
id = "batch"
role = "HOLDER_BATCH"
key_sha256 = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
holder = "1312345679"
)";

TEST(Reading, TakesADocumentWithoutMistakes) {
  const PolicyReading reading = read_with(kOwn);
  ASSERT_TRUE(reading.book) << describe(reading);
  EXPECT_TRUE(reading.complaints.empty());
  EXPECT_EQ(reading.book->institutions.at("1312345679").prefecture, "13") << "taken from the code";
  EXPECT_EQ(reading.book->campaigns.at("autumn").template_id, "letter");
  EXPECT_EQ(reading.book->callers.at("batch").role, Role::kHolderBatch);
  EXPECT_EQ(reading.book->find_regime("TOLD")->change_wait.days, 30) << "as the wait, unless it says otherwise";
}

struct Mistake {
  const char* name;
  const char* right;   // this text of kOwn …
  const char* wrong;   // … is written like this instead
  std::uint32_t line;  // of own.toml
  const char* field;
  const char* says;  // part of the message
};
void PrintTo(const Mistake& mistake, std::ostream* out) {
  *out << mistake.name;
}

class OneMistake : public ::testing::TestWithParam<Mistake> {};

TEST_P(OneMistake, IsNamedWithLineAndFieldAndRemedy) {
  const Mistake& mistake = GetParam();
  const PolicyReading reading = read_with(replaced(kOwn, mistake.right, mistake.wrong));
  EXPECT_FALSE(reading.book);
  ASSERT_EQ(reading.complaints.size(), 1U) << describe(reading);
  const PolicyComplaint& complaint = reading.complaints[0];
  EXPECT_EQ(complaint.document, "own.toml");
  EXPECT_EQ(complaint.line, mistake.line) << describe(reading);
  EXPECT_EQ(complaint.field, mistake.field);
  EXPECT_NE(complaint.message.find(mistake.says), std::string::npos) << describe(reading);
}

const Mistake kMistakes[] = {
    {"UnknownKey", "name = \"見本病院\"", "nmae = 1\nname = \"見本病院\"", 3, "institution[1].'nmae'",
     "did you mean 'name'?"},
    {"UnknownTable", "[[operator]]", "[[hospital]]\na = 1\n[[operator]]", 8, "'hospital'", "known here:"},
    {"WrongType", "number = \"1\"", "number = 1", 6, "institution[1].filing[1].number", "must be a string"},
    {"MissingKey", "number = \"1\"\n", "", 4, "institution[1].filing[1].number", "is missing"},
    {"EmptyText", "number = \"1\"", "number = \"\"", 6, "institution[1].filing[1].number", "must not be empty"},
    {"OneBracketInsteadOfTwo", "[[campaign]]", "[campaign]", 18, "campaign", "[[campaign]] with two brackets"},
    {"ADateThatDoesNotExist", "valid_from = 2025-04-01", "valid_from = \"2025-02-29\"", 7,
     "institution[1].filing[1].valid_from", "a date that exists"},
    {"ABareDateThatDoesNotExist", "valid_from = 2025-04-01", "valid_from = 2025-02-29", 7, "", "is not TOML"},
    {"ADateTooEarly", "certified_from = 2024-12-13", "certified_from = 1867-12-31", 12, "operator[1].certified_from",
     "1868..9999"},
    {"ARangeThatEndsBeforeItBegins", "certified_from = 2024-12-13",
     "certified_from = 2024-12-13\ncertified_to = 2024-12-13", 13, "operator[1].certified_to", "must be after"},
    {"AWrongCheckDigit", "[[operator]]", "[[institution]]\ncode = \"1312345678\"\nname = \"x\"\n[[operator]]", 9,
     "institution[2].code", "check digit"},
    {"ANumberOutOfRange", "name = \"見本病院\"", "name = \"見本病院\"\nwait = { mode = \"DAYS\", days = 3651 }", 4,
     "institution[1].wait.days", "0..3650"},
    {"AMonthWithDays", "name = \"見本病院\"", "name = \"見本病院\"\nwait = { mode = \"MONTH\", months = 1, days = 3 }",
     4, "institution[1].wait.days", "means nothing"},
    {"AWaitWithoutDays", "name = \"見本病院\"", "name = \"見本病院\"\nwait = { mode = \"MAX\", months = 1 }", 4,
     "institution[1].wait.days", "is missing"},
    {"AWaitOfAnUnknownMode", "name = \"見本病院\"", "name = \"見本病院\"\nwait = { mode = \"WEEKS\" }", 4,
     "institution[1].wait.mode", "DAYS, MONTH or MAX"},
    {"AFilingOfNoRegime", "regime = \"TOLD\"\nnumber", "regime = \"TELL\"\nnumber", 5,
     "institution[1].filing[1].regime", "is no regime of this book"},
    {"TheSameFilingTwice", "[[operator]]",
     "[[institution.filing]]\nregime = \"TOLD\"\nnumber = \"1\"\nvalid_from = 2026-01-01\n[[operator]]", 10,
     "institution[1].filing[2].number", "already"},
    {"AMunicipalityElsewhere", "name = \"見本病院\"", "name = \"見本病院\"\nmunicipality = \"27100\"", 4,
     "institution[1].municipality", "5 digits beginning with the prefecture 13"},
    {"AnOperatorOfNoRegime", "regimes = [\"TOLD\"]", "regimes = [\"TOLD\",\n  \"OTHER\"]", 12, "operator[1].regimes[2]",
     "is no regime of this book"},
    {"ALetterOfNoRegime", "id = \"letter\"\nregime = \"TOLD\"", "id = \"letter\"\nregime = \"OTHER\"", 15,
     "template[1].regime", "is no regime of this book"},
    {"ALetterWithAnUnknownCategory", "legal_version = \"V2024\"", "legal_version = \"V2024\"\ncategories = [\"IMGAE\"]",
     17, "template[1].categories[1]", "is no category of this book"},
    {"ALetterOlderThanItsVersion", "effective_from = 2025-04-01", "effective_from = 2024-03-31", 17,
     "template[1].effective_from", "is before 2024-04-01"},
    {"AnOldLetterWithoutEnd", "legal_version = \"V2024\"", "legal_version = \"V2018\"", 13, "template[1].effective_to",
     "supplementary_items = true"},
    {"ASupplementForANewLetter", "legal_version = \"V2024\"", "legal_version = \"V2024\"\nsupplementary_items = true",
     17, "template[1].supplementary_items", "only for V2018"},
    {"ADigestThatIsNone", "legal_version = \"V2024\"", "legal_version = \"V2024\"\ndocument_sha256 = \"abc\"", 17,
     "template[1].document_sha256", "64 hexadecimal digits"},
    {"ACampaignOfNobody", "holder = \"1312345679\"\nregime", "holder = \"2710000015\"\nregime", 20,
     "campaign[1].holder", "is no institution"},
    {"ACampaignWithoutItsLetter", "template = \"letter\"", "template = \"lost\"", 22, "campaign[1].template",
     "is no template"},
    {"ACampaignByOneWayOnly", "methods = [\"POSTER\", \"WEBSITE\"]", "methods = [\"POSTER\"]", 24,
     "campaign[1].methods", "at least 2"},
    {"ACampaignByOneWayTwice", "methods = [\"POSTER\", \"WEBSITE\"]", "methods = [\"POSTER\", \"WEBSITE\", \"POSTER\"]",
     24, "campaign[1].methods[3]", "already"},
    {"ACampaignByAnUnheardOfWay", "methods = [\"POSTER\", \"WEBSITE\"]",
     "methods = [\"POSTER\", \"WEBSITE\", \"RUMOUR\"]", 24, "campaign[1].methods[3]", "is no composite method"},
    {"ACampaignBeforeItsLetter", "running_from = 2025-10-01", "running_from = 2025-03-31", 23,
     "campaign[1].running_from", "outside the days"},
    {"ACampaignThatOutlivesItsLetter", "effective_from = 2025-04-01",
     "effective_from = 2025-04-01\neffective_to = 2026-04-01", 19, "campaign[1].running_to", "must be by 2026-04-01"},
    {"AnUnknownRole", "role = \"HOLDER_BATCH\"", "role = \"BOSS\"", 27, "caller[1].role", "REGISTRY_OPS"},
    {"AShortKeyDigest", "key_sha256 = \"aa", "key_sha256 = \"a", 28, "caller[1].key_sha256", "64 of 0-9 a-f"},
    {"AGovernorOfNowhere", "role = \"HOLDER_BATCH\"", "role = \"AUDITOR_GOVERNOR\"", 25, "caller[1].prefecture",
     "sees one prefecture"},
    {"AnOperatorsMachineOfNoOperator", "role = \"HOLDER_BATCH\"", "role = \"OPERATOR_BATCH\"", 25,
     "caller[1].recipient", "belongs to an operator"},
    {"ABoldCode", "code = \"OP\"", "code = \"O P\"", 9, "operator[1].code", "A-Z a-z 0-9"},
    {"ControlCharacters", "name = \"見本事業者\"", "name = \"a\\u0007b\"", 10, "operator[1].name",
     "control characters"},
    {"SecondProfile", "[[operator]]", "[profile]\ncode = \"b\"\n[[operator]]", 8, "profile",
     "was written before, in base.toml line 1"},
};

INSTANTIATE_TEST_SUITE_P(In, OneMistake, ::testing::ValuesIn(kMistakes),
                         [](const auto& instance) { return std::string(instance.param.name); });

}  // namespace
}  // namespace ishi
