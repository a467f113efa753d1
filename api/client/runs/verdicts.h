// Verdicts: which items of a file stay, in little memory. One bit an item; for files whose resources refer to people,
// 16 bytes a person instead. Everything not said otherwise is withheld. One thread.
#pragma once

#include <cstdint>
#include <vector>

#include "api/client/formats/item.h"
#include "registry/result.h"

namespace ishi::client {

class Verdicts {
 public:
  static constexpr std::size_t kPeopleMax = 4'000'000;  // 64 MB

  // Everything recorded about an item or a person must be usable.
  void about_item(std::uint64_t index, bool usable);
  // Errors: kTooLarge people_too_many (split the file).
  Result<void> about_person(const LocalPerson& person, bool usable);
  bool keep(std::uint64_t index, const Piece& piece) const;  // REQUIRES: settle() since the last about_person
  void settle();

 private:
  std::vector<bool> asked_, refused_;
  std::vector<LocalPerson> people_;  // the lowest bit of the last byte = refused; sorted once settled
};

}  // namespace ishi::client
