// What the filter points mean (LAW.md 8.3, 9.3): who asks where, a linkage needs both laws, an extraction its permit.
#include "registry/ports/permits.h"
#include "tests/api/filter/hospital_day.h"

namespace ishi::api {
namespace {

struct Points : HospitalDay {
  Points() { who = {"sakura", Role::kOperatorBatch, {}, sample::kSakura, {}}; }
  PolicyBook& changed() { return *std::const_pointer_cast<PolicyBook>(book); }
  Response ask(const std::string& regime, const std::string& more, const Token& token) {
    Request request;
    request.method = Method::kPost;
    const std::string body = bytes_of({token});
    request.body = body;
    request.headers.emplace_back("Content-Type", "application/octet-stream");
    return router
        .handle("/v1/filter?regime=" + regime + "&categories=RECEIPT&recipient=OP-SAKURA&holder=1312345679" + more,
                request)
        .response;
  }
  bool usable(const std::string& regime, const std::string& more, const Token& token) {
    const Response response = ask(regime, more, token);
    EXPECT_EQ(response.status, 200) << response.body;
    return response.body == bytes_of({token});
  }
};

TEST_F(Points, ALinkageNeedsTheYesOfBothLaws) {
  EXPECT_TRUE(usable("PUBDB_NDB", "&point=F1", carol)) << "nobody knows her, and the database may have her";
  EXPECT_FALSE(usable("NGMIA_ANON", "&point=F1", carol)) << "she was never told";
  for (const auto& [one, other] : {std::pair("PUBDB_NDB", "NGMIA_ANON"), {"NGMIA_ANON", "PUBDB_NDB"}}) {
    EXPECT_FALSE(usable(one, std::string("&point=F2:") + other, carol)) << one;
    EXPECT_TRUE(usable(one, std::string("&point=F2:") + other, alice)) << one;
    EXPECT_EQ(last_run().filter_point, std::string("F2:") + other) << "so that the run can be asked again";
    EXPECT_FALSE(usable(one, std::string("&point=F2:") + other, bob)) << one;
  }
}

TEST_F(Points, ALinkageNamesTheOtherDatabase) {
  EXPECT_EQ(code(ask("PUBDB_NDB", "&point=F2", alice)), "linkage_needed");
  EXPECT_EQ(code(ask("PUBDB_NDB", "&point=F2:PUBDB_NDB", alice)), "linkage_needed") << "with itself";
  EXPECT_EQ(code(ask("PUBDB_NDB", "&point=F2:NOPE", alice)), "unknown_regime");
  EXPECT_EQ(code(ask("PUBDB_NDB", "&point=F2:GENOME", alice)), "unknown_category") << "it holds no claims";
  for (const char* point : {"F2:", "F1:NGMIA_ANON", "F6", "F", "F22"})
    EXPECT_EQ(code(ask("PUBDB_NDB", std::string("&point=") + point, alice)), "invalid_parameter") << point;
}

TEST_F(Points, WhoAsksAtWhichPointIsTheOptions) {
  changed().profile.filters = {{FilterPoint::kCollection, {{"OPERATOR", {"NGMIA_*"}}}},
                               {FilterPoint::kExtraction, {{"OPERATOR", {"PUBDB_NDB"}}, {"HOLDER", {"*"}}}}};
  EXPECT_TRUE(usable("NGMIA_ANON", "&point=F1", alice));
  EXPECT_TRUE(usable("PUBDB_NDB", "&point=F4", alice));
  for (const auto& [regime, point] : {std::pair("PUBDB_NDB", "F1"), {"NGMIA_ANON", "F4"}, {"NGMIA_ANON", "F3"}}) {
    const Response refused = ask(regime, std::string("&point=") + point, alice);
    EXPECT_EQ(refused.status, 403) << regime << point;
    EXPECT_EQ(code(refused), "closed_by_option");
    EXPECT_NE(refused.body.find(std::string("OPERATOR does not ask at ") + point + " about " + regime),
              std::string::npos)
        << refused.body;
  }
  const auto before = events();
  EXPECT_EQ(ask("NGMIA_ANON", "&point=F5", alice).status, 403);
  EXPECT_EQ(events(), before) << "what is refused leaves no run";
  who = {"ministry", Role::kAuditorMinister, {}, {}, {}};
  EXPECT_EQ(ask("NGMIA_ANON", "&point=F4", alice).status, 200) << "a supervisor repeats what others ask";
}

TEST_F(Points, AnExtractionUnderAPermitNeedsOneThatFits) {
  changed().profile.permit_readers = {"OPERATOR"};
  PermitApproved permit;
  permit.token = permit_token("P-1");
  permit.permit_id = "P-1";
  permit.recipient = sample::kSakura;
  permit.approved_at = clock.now();
  permit.purposes = {"PURPOSE_1"};
  for (const char* regime : {"NGMIA_ANON", "PUBDB_NDB"}) {
    EXPECT_EQ(code(ask(regime, "&purpose=PURPOSE_1", alice)), "permit_needed");
    EXPECT_EQ(code(ask(regime, "&purpose=PURPOSE_1&permit_id=P-9", alice)), "unknown_permit");
    permit.regime = regime;
    append(permit);
    EXPECT_TRUE(usable(regime, "&purpose=PURPOSE_1&permit_id=P-1", alice)) << "one id, a sheet for each regime";
    EXPECT_EQ(last_run().as_of, last_run().evaluated_at) << "without a cut-off it is asked as of now";
    EXPECT_EQ(code(ask(regime, "&purpose=PURPOSE_2&permit_id=P-1", alice)), "permit_purpose");
    if (regime == std::string("NGMIA_ANON")) {
      EXPECT_EQ(code(ask("PUBDB_NDB", "&purpose=PURPOSE_1&permit_id=P-1", alice)), "permit_regime");
    }
  }
  EXPECT_TRUE(usable("NGMIA_ANON", "&purpose=PURPOSE_1&point=F1", alice)) << "only the exit needs it";
  object(alice);
  EXPECT_FALSE(usable("NGMIA_ANON", "&purpose=PURPOSE_1&permit_id=P-1", alice)) << "and it shields from nothing";
  who = {"aoba-batch", Role::kHolderBatch, sample::kAoba, {}, {}};
  EXPECT_EQ(ask("NGMIA_ANON", "&purpose=PURPOSE_1", alice).status, 200) << "a hospital is no permit reader here";
}

}  // namespace
}  // namespace ishi::api
