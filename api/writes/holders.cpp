#include "api/writes/holders.h"

#include "api/auth/permissions.h"
#include "api/writes/fields.h"

namespace ishi::api {

Judged<std::string_view> HolderField::read(const Row& row) {
  const Judged<std::string_view> holder = required_field(row, "holder");
  if (!holder) return holder;
  if (*holder != last_) {
    last_ = *holder;
    last_refusal_.reset();
    if (!knows_institution(context_.book, *holder)) {
      last_refusal_ = Refusal{LineCode::kUnknownHolder, "holder"};
    } else if (!check_holder(context_.principal, context_.book, *holder)) {
      last_refusal_ = Refusal{LineCode::kForeignHolder, "holder"};
    }
  }
  if (last_refusal_) return tl::unexpected(*last_refusal_);
  return holder;
}

bool same_institution(const PolicyBook& book, std::string_view one, std::string_view other) {
  return one == other || book.current_institution(one) == book.current_institution(other);
}

bool tells_enough(const PolicyBook& book, const Campaign& campaign) {
  return static_cast<int>(campaign.methods.size()) >= book.composite_methods_min;
}

std::optional<LineCode> template_refusal(const PolicyBook& book, std::string_view template_id, std::string_view holder,
                                         std::string_view regime, CivilDate date) {
  const NoticeTemplate* letter = book.find_template(template_id);
  if (letter == nullptr) return LineCode::kUnknownTemplate;
  if (letter->regime != regime) return LineCode::kTemplateRegime;
  if (!letter->holder.empty() && !same_institution(book, letter->holder, holder)) return LineCode::kTemplateHolder;
  if (!letter->effective.contains(date)) return LineCode::kTemplateDate;
  return std::nullopt;
}

}  // namespace ishi::api
