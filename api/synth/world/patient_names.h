// Names for people who do not exist: common ones, put together by chance. Pure; any thread.
#pragma once

#include <string>

#include "api/synth/world/person.h"

namespace ishi::synth {

std::string full_name(const Person& person);  // 佐藤　花子
std::string full_kana(const Person& person);  // サトウ　ハナコ

}  // namespace ishi::synth
