// R25: lists in the parameters of a question.
#include <gtest/gtest.h>

#include "tests/api/filter/hospital_day.h"

namespace ishi::api {
namespace {

using Lists = HospitalDay;

TEST_F(Lists, R25_CategoriesAreSeparatedByCommasOrSemicolons) {
  ASSERT_EQ(filter("&categories=RECEIPT;LAB", "application/octet-stream", bytes_of({alice})).status, 200);
  EXPECT_EQ(last_run().categories, (std::vector<std::string>{"LAB", "RECEIPT"}));
}

}  // namespace
}  // namespace ishi::api
