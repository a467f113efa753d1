// R25: lists in the parameters of a question.
#include <gtest/gtest.h>

#include "tests/api/filter/hospital_day.h"

namespace ishi::api {
namespace {

using Lists = HospitalDay;

TEST_F(Lists, R25_CategoriesAreSeparatedByCommasOrSemicolons) {
  const std::string body = bytes_of({alice});
  Request request;
  request.method = Method::kPost;
  request.body = body;
  request.headers.emplace_back("Content-Type", "application/octet-stream");
  const Response response =
      router.handle("/v1/filter?regime=NGMIA_ANON&holder=1312345679&categories=RECEIPT;LAB", request).response;
  ASSERT_EQ(response.status, 200) << response.body;
  EXPECT_EQ(last_run().categories, (std::vector<std::string>{"LAB", "RECEIPT"}));
}

}  // namespace
}  // namespace ishi::api
