#include "api/synth/world/patient_names.h"

#include <array>

#include "api/synth/random/random.h"

namespace ishi::synth {
namespace {

struct Name {
  std::string_view written, kana;
};
constexpr std::array<Name, 16> kFamilies{{{"佐藤", "サトウ"},
                                          {"鈴木", "スズキ"},
                                          {"高橋", "タカハシ"},
                                          {"田中", "タナカ"},
                                          {"伊藤", "イトウ"},
                                          {"渡辺", "ワタナベ"},
                                          {"山本", "ヤマモト"},
                                          {"中村", "ナカムラ"},
                                          {"小林", "コバヤシ"},
                                          {"加藤", "カトウ"},
                                          {"吉田", "ヨシダ"},
                                          {"山田", "ヤマダ"},
                                          {"佐々木", "ササキ"},
                                          {"山口", "ヤマグチ"},
                                          {"松本", "マツモト"},
                                          {"井上", "イノウエ"}}};
constexpr std::array<Name, 12> kMen{{{"一郎", "イチロウ"},
                                     {"健太", "ケンタ"},
                                     {"翔", "ショウ"},
                                     {"浩", "ヒロシ"},
                                     {"誠", "マコト"},
                                     {"茂", "シゲル"},
                                     {"大輔", "ダイスケ"},
                                     {"蓮", "レン"},
                                     {"勝", "マサル"},
                                     {"清", "キヨシ"},
                                     {"隆", "タカシ"},
                                     {"直樹", "ナオキ"}}};
constexpr std::array<Name, 12> kWomen{{{"花子", "ハナコ"},
                                       {"美咲", "ミサキ"},
                                       {"陽菜", "ヒナ"},
                                       {"恵子", "ケイコ"},
                                       {"由美子", "ユミコ"},
                                       {"久美子", "クミコ"},
                                       {"さくら", "サクラ"},
                                       {"幸子", "サチコ"},
                                       {"和子", "カズコ"},
                                       {"愛", "アイ"},
                                       {"直美", "ナオミ"},
                                       {"節子", "セツコ"}}};

const Name& family_of(const Person& person) {
  return kFamilies[mix(person.household + 1) % kFamilies.size()];
}
const Name& given_of(const Person& person) {
  const std::uint64_t chosen = mix(person.index + 77);
  return person.sex == Sex::kMale ? kMen[chosen % kMen.size()] : kWomen[chosen % kWomen.size()];
}

}  // namespace

std::string full_name(const Person& person) {
  return std::string(family_of(person).written) + "　" + std::string(given_of(person).written);
}
std::string full_kana(const Person& person) {
  return std::string(family_of(person).kana) + "　" + std::string(given_of(person).kana);
}

}  // namespace ishi::synth
