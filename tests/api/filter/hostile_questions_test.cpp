// Random questions, half of them nonsense: each is answered or refused in words, none breaks the server, and nobody who
// objected may be used by any of them, unless it asks about a time before.
#include <random>

#include "tests/api/filter/hospital_day.h"

namespace ishi::api {
namespace {

struct HostileQuestions : HospitalDay {
  template <std::size_t N>
  std::string any(const char* const (&texts)[N]) {
    return texts[random() % N];
  }
  std::mt19937_64 random{std::random_device{}()};
};

TEST_F(HostileQuestions, AreAnsweredOrRefusedAndAllowNobodyWhoObjected) {
  const auto seed = random();
  random.seed(seed);
  SCOPED_TRACE("seed " + std::to_string(seed));
  object(alice);
  const Position objected = log.head()->position;
  static constexpr const char* kTimes[] = {"2026-11-20T12:00:00%2B09:00",
                                           "2026-11-20",
                                           "0001-01-01",
                                           "9999-12-31T23:59:60Z",
                                           "1969-12-31",
                                           "-0001-01-01",
                                           "2026-02-29",
                                           "99999999999999",
                                           "now",
                                           "%00",
                                           "2026-11-20T12:00:00.000001%2B09:00"};
  static constexpr const char* kNumbers[] = {"0",
                                             "1",
                                             "5",
                                             "-1",
                                             "+1",
                                             "4611686018427387904",
                                             "4611686018427387905",
                                             "18446744073709551616",
                                             "86400",
                                             "86401",
                                             "0x10",
                                             "1e3",
                                             " 1",
                                             "",
                                             "9999999999999999999999999999"};
  static constexpr const char* kWords[] = {"NGMIA_ANON", "NGMIA_PSEUDO", "",   "ngmia_anon", "%ff%fe", "a,b,,c",
                                           ",,,,",       "LAW",          "F1", "F9",         "'--",    "%0d%0aX: y"};
  static constexpr const char* kAnswers[] = {"allowed", "reasons", "bitmap", "counts", "", "ALLOWED", "all"};
  std::size_t answered = 0, refused = 0;
  for (int round = 0; round < 4'000; ++round) {
    std::string more;
    bool lenient = false;
    const auto add = [&](const char* name, const std::string& value) { more += std::string("&") + name + "=" + value; };
    if (random() % 3 == 0) add("purpose", any(kWords));
    if (random() % 3 == 0) add("categories", any(kWords));
    if (random() % 4 == 0) add("point", any(kWords));
    if (random() % 6 == 0) {
      add("override", any(kWords));
      lenient = true;  // or about what the law lifts
    }
    if (random() % 6 == 0) add("ground", any(kWords));
    if (random() % 4 == 0) {
      add("as_of", any(kTimes));
      lenient = true;
    }
    if (random() % 4 == 0) {
      add("known_at", random() % 2 ? any(kTimes) : any(kNumbers));
      lenient = true;
    }
    if (random() % 2 == 0) add("answer", any(kAnswers));
    if (random() % 8 == 0) add("part", any(kNumbers));
    if (random() % 8 == 0) add("parts", any(kNumbers));
    if (random() % 8 == 0) add("dry_run", any(kWords));
    std::vector<std::pair<std::string, std::string>> headers;
    if (random() % 3 == 0) headers.emplace_back("Ishi-Max-Staleness", any(kNumbers));
    if (random() % 3 == 0) headers.emplace_back("Ishi-At-Least", any(kNumbers));
    if (random() % 3 == 0) headers.emplace_back("Ishi-Batch-Id", "batch-" + std::to_string(random() % 2'000));
    const bool text = random() % 2 == 0;
    const std::string body =
        text ? alice.reveal_hex() + "\n" + bob.reveal_hex() + "\n" + kAliceCard + "\n"
             : bytes_of({alice, bob, alice}) + std::string(random() % 10 == 0 ? random() % 16 : 0, 'x');
    const Response response = filter(more, text ? "text/plain" : "application/octet-stream", body, headers);
    ASSERT_TRUE(response.status == 200 || (response.status >= 400 && response.status < 500) || response.status == 503)
        << response.status << more;
    if (response.status != 200) {
      ++refused;
      ASSERT_FALSE(code(response).empty()) << more;
      continue;
    }
    ++answered;
    ASSERT_FALSE(header(response, "Ishi-Position").empty());
    if (lenient || std::stoull(header(response, "Ishi-Position")) < objected.events()) continue;
    const bool counts = response.content_type == "application/json";
    if (counts) {
      ASSERT_EQ(json(response)["counts"].value("ALLOW", 0), 0) << more;
    } else if (more.find("answer=reasons") != std::string::npos) {
      ASSERT_EQ(response.body.find(text ? "ALLOW" : std::string(1, '\0')), std::string::npos) << more;
    } else if (more.find("answer=bitmap") != std::string::npos) {
      ASSERT_EQ(response.body, std::string(1, '\0')) << more;
    } else {
      ASSERT_EQ(response.body, "") << more;
    }
  }
  EXPECT_GT(answered, 100U);
  EXPECT_GT(refused, 300U);
}

}  // namespace
}  // namespace ishi::api
