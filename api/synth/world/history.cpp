#include "api/synth/world/history.h"

#include <algorithm>
#include <array>

#include "api/synth/random/mathematics.h"

namespace ishi::synth {
namespace {

constexpr double kOnBooksPerTold = 1 / 0.85;  // some patients were never told
constexpr double kObjectionsPerNotified = 0.001;
constexpr double kObjectionsUntoldPerYear = 0.0002;
// Of objections. Those who were minors then and are grown up now bring the parents' share to 7 %.
constexpr double kMinorsShare = 0.036, kBereavedShare = 0.04;
constexpr double kWithdrawalsPerYear = 0.02;
constexpr double kConsentsPerAdult = 0.003;
constexpr int kSelfAge = 16;

enum class ObjectorClass : std::uint8_t { kMinor, kDead, kAdult };
ObjectorClass class_of(int age, bool died) {
  return died ? ObjectorClass::kDead : age < kSelfAge ? ObjectorClass::kMinor : ObjectorClass::kAdult;
}

// LAW.md 13.8: by age and sex.
double objection_weight(int age, Sex sex) {
  const double by_age = age < 16   ? 0.7
                        : age < 30 ? 0.8
                        : age < 40 ? 1.1
                        : age < 50 ? 1.21
                        : age < 60 ? 1.1
                        : age < 75 ? 0.9
                                   : 0.6;
  return by_age * (sex == Sex::kFemale ? 1.25 : 1.0);
}

template <std::size_t N>
std::size_t choose(const std::array<double, N>& shares, double u) {
  std::size_t i = 0;
  while (i + 1 < N && u >= shares[i]) u -= shares[i++];
  return i;
}

// Office hours for paper, any time for machines.
Timestamp at_some_hour(CivilDate date, Channel channel, Draw& draw) {
  const bool machine = channel == Channel::kPortal;
  return jst_start_of(date).plus_seconds(draw.between(machine ? 0 : 9 * 3600, machine ? 86'399 : 17 * 3600));
}

// Truncated to [0, limit): small for those who come soon.
std::int32_t days_until_first_visit(double mean, std::int32_t limit, Draw& draw) {
  if (limit <= 0) return 0;
  const double reached = 1.0 - exponential(-static_cast<double>(limit) / mean);
  return std::min(limit - 1, static_cast<std::int32_t>(-mean * natural_logarithm(1.0 - draw.uniform() * reached)));
}

}  // namespace

std::string_view regime_code(Act act) {
  return act == Act::kAnon ? "NGMIA_ANON" : "NGMIA_PSEUDO";
}

Historian::Historian(const World& world)
    : world_(world),
      today_(world.parameters().today),
      void_(world.parameters().seed, 1),
      outdated_(world.parameters().seed, 2),
      only_anon_(world.parameters().seed, 3),
      unprompted_(world.parameters().seed, 5),
      withdrawal_(world.parameters().seed, 6),
      consent_(world.parameters().seed, 7),
      objection_{{world.parameters().seed, 4}, {world.parameters().seed, 14}, {world.parameters().seed, 15}},
      method_(world.parameters().seed, 8),
      timing_(world.parameters().seed, 9),
      channel_(world.parameters().seed, 10),
      scope_(world.parameters().seed, 11),
      erase_(world.parameters().seed, 12),
      guardian_(world.parameters().seed, 13),
      rates_(kPrefectureCount + 1) {
  for (std::size_t i = 0; i < world.institutions().size(); ++i) {
    on_the_books_.emplace_back(world.parameters().seed, 1'000 + 2 * i);
    told_.emplace_back(world.parameters().seed, 1'001 + 2 * i);
  }
  for (const Place& place : world.country().places()) {
    double notified = 0;
    std::array<double, 3> weights{};
    for (int age = 0; age <= kAgeMax; ++age) {
      double untold = 1;
      for (const std::size_t i : world.institutions_in(place.prefecture)) untold *= 1.0 - world.chance_told(i, age);
      const std::size_t band = band_of(age);
      const double people = band_population(band) * age_share(band, age) * (1.0 - untold);
      notified += people;
      for (const Sex sex : {Sex::kMale, Sex::kFemale}) {
        const double of_sex = people * (sex == Sex::kFemale ? female_share(band) : 1.0 - female_share(band));
        const double dying = death_rate(age, sex);
        weights[static_cast<std::size_t>(class_of(age, false))] += of_sex * (1.0 - dying) * objection_weight(age, sex);
        weights[static_cast<std::size_t>(ObjectorClass::kDead)] += of_sex * dying * objection_weight(age, sex);
      }
    }
    const double objections = kObjectionsPerNotified * notified;
    Rates& rates = rates_[static_cast<std::size_t>(place.prefecture)];
    if (notified > 0) {
      rates.minor = objections * kMinorsShare / weights[static_cast<std::size_t>(ObjectorClass::kMinor)];
      rates.dead = objections * kBereavedShare / weights[static_cast<std::size_t>(ObjectorClass::kDead)];
      rates.adult =
          objections * (1.0 - kMinorsShare - kBereavedShare) / weights[static_cast<std::size_t>(ObjectorClass::kAdult)];
    }
  }
}

double Historian::objection_chance(const Person& person) const {
  const Rates& rates = rates_[person.prefecture];
  const ObjectorClass of = class_of(person.age, person.died_on.has_value());
  const double rate = of == ObjectorClass::kMinor ? rates.minor : of == ObjectorClass::kDead ? rates.dead : rates.adult;
  return std::min(1.0, rate * objection_weight(person.age, person.sex));
}

std::optional<CivilDate> Historian::first_told(const Person& person, std::size_t institution, Draw& draw) const {
  const SynthInstitution& at = world_.institutions()[institution];
  CivilDate from = std::max(at.anon_from, person.birth.plus_days(31));
  const CivilDate until = person.died_on ? std::min(*person.died_on, today_) : today_;
  const std::int32_t span = until.days_since_epoch() - from.days_since_epoch();
  if (span <= 0) return std::nullopt;
  // Regular patients come back within weeks of the start (4.5 visits a year); 22 % come for the first time later on.
  const bool regular = draw.chance(0.78);
  return from.plus_days(regular ? days_until_first_visit(81, span, draw)
                                : static_cast<std::int32_t>(draw.below(static_cast<std::uint64_t>(span))));
}

void Historian::tell(const Person& person, std::size_t institution, Life& life) {
  const SynthInstitution& at = world_.institutions()[institution];
  Draw draw(world_.parameters().seed, Purpose::kNotice, person.index * 1'024 + institution);
  const std::optional<CivilDate> date = first_told(person, institution, draw);
  if (!date) return;
  constexpr std::array<double, 4> kMethods{0.35, 0.50, 0.10, 0.05};
  constexpr std::array<NoticeMethod, 4> kCodes{NoticeMethod::kHanded, NoticeMethod::kComposite, NoticeMethod::kPosted,
                                               NoticeMethod::kElectronic};
  const NoticeMethod method = kCodes[choose(kMethods, method_.next())];
  const CivilDate letters_of_2018_end = CivilDate::of(2022, 4, 1);
  const std::size_t first = life.notices.size();

  SynthNotice notice{institution, Act::kAnon, method, *date, false, false};
  if (method == NoticeMethod::kComposite) life.visits.push_back({institution, *date});
  life.notices.push_back(notice);
  if (at.pseudo_from) {
    notice.act = Act::kPseudo;
    if (*date >= *at.pseudo_from) {
      // Both letters at once, save where the second was forgotten.
      if (method == NoticeMethod::kComposite || !only_anon_.take(0.06 / 0.5)) life.notices.push_back(notice);
    } else if (draw.chance(0.85)) {
      const CivilDate until = person.died_on ? std::min(*person.died_on, today_) : today_;
      const std::int32_t span = until.days_since_epoch() - at.pseudo_from->days_since_epoch();
      if (span > 0) {
        notice.date = at.pseudo_from->plus_days(days_until_first_visit(120, span, draw));
        if (method == NoticeMethod::kComposite) life.visits.push_back({institution, notice.date});
        life.notices.push_back(notice);
      }
    }
  }
  for (std::size_t i = first; i < life.notices.size(); ++i) {
    SynthNotice& given = life.notices[i];
    outdated_.owe(0.02);
    if (given.method == NoticeMethod::kComposite) {
      void_.owe(0.01);
      continue;  // nobody hands out a poster of 2018, and nothing comes back
    }
    void_.owe(0.01);
    if (given.act == Act::kAnon && given.date < letters_of_2018_end) given.outdated = outdated_.take_if_due();
    if (given.method == NoticeMethod::kPosted) given.voided = void_.take_if_due();
  }
}

void Historian::object(const Person& person, Life& life) {
  const bool notified =
      std::any_of(life.notices.begin(), life.notices.end(), [](const SynthNotice& n) { return !n.voided; });
  const bool objects =
      notified ? objection_[static_cast<std::size_t>(class_of(person.age, person.died_on.has_value()))].take(
                     objection_chance(person))
               : !person.died_on && unprompted_.take(kObjectionsUntoldPerYear);
  if (!objects) return;
  Draw draw(world_.parameters().seed, Purpose::kObjection, person.index);
  CivilDate from = today_.plus_days(-365);
  if (notified) {
    from = std::min_element(life.notices.begin(), life.notices.end(), [](const SynthNotice& a, const SynthNotice& b) {
             return a.date < b.date;
           })->date;
  }
  from = std::max(from, person.birth.plus_days(31));
  if (person.died_on) from = std::max(from, person.died_on->plus_days(1));
  const std::int32_t span = today_.days_since_epoch() - from.days_since_epoch();
  if (span <= 0) return;
  // 70 % within 30 days of the notice, then a half-life of 45 days.
  std::int32_t days = 0;
  if (!notified)
    days = static_cast<std::int32_t>(draw.below(static_cast<std::uint64_t>(span)));
  else if (timing_.next() < 0.70)
    days = static_cast<std::int32_t>(draw.below(30));
  else
    days = 30 + static_cast<std::int32_t>(draw.exponential_with_mean(45 / 0.693147180559945));
  if (days >= span) days = static_cast<std::int32_t>(draw.below(static_cast<std::uint64_t>(span)));
  const CivilDate date = from.plus_days(days);

  Request request;
  constexpr std::array<double, 5> kChannels{0.50, 0.12, 0.08, 0.25, 0.05};
  constexpr std::array<Channel, 5> kChannelCodes{Channel::kCounterPaper, Channel::kMail, Channel::kPhone,
                                                 Channel::kPortal, Channel::kMunicipal};
  request.channel = kChannelCodes[choose(kChannels, channel_.next())];
  request.accepted_at = at_some_hour(date, request.channel, draw);
  const int age_then = person.age - static_cast<int>((today_.days_since_epoch() - date.days_since_epoch()) / 365);
  if (person.died_on) {
    constexpr std::array<std::string_view, 5> kRelations{"SPOUSE", "CHILD", "PARENT", "SIBLING", "GRANDCHILD"};
    request.requester = RequesterKind::kBereaved;
    request.relation = kRelations[choose(std::array<double, 5>{0.45, 0.40, 0.05, 0.05, 0.05}, draw.uniform())];
  } else if (person.age < kSelfAge || age_then < kSelfAge) {
    request.requester = guardian_.next() < 0.03 ? RequesterKind::kGuardianMinor : RequesterKind::kGuardianParent;
  } else if (person.age >= 20 && guardian_.next() < 0.012) {
    request.requester = RequesterKind::kGuardianAdult;
  }
  switch (choose(std::array<double, 5>{0.82, 0.06, 0.07, 0.025, 0.025}, scope_.next())) {
    case 1: request.regimes = {"NGMIA_PSEUDO"}; break;
    case 2:
      if (notified) request.holders = {world_.institutions()[life.notices.front().institution].code};
      break;
    case 3: request.categories = {"IMAGE"}; break;
    case 4: request.categories = {"GENOME"}; break;
    default: break;
  }
  request.erase = erase_.next() < 0.30;
  const bool paper = request.channel == Channel::kCounterPaper || request.channel == Channel::kMail;
  request.registered_on = date.plus_days(paper ? static_cast<std::int32_t>(draw.lognormal(2.0, 0.914)) : 0);

  const double years = static_cast<double>(today_.days_since_epoch() - date.days_since_epoch()) / 365.0;
  if (request.registered_on <= today_ && withdrawal_.take(std::min(1.0, kWithdrawalsPerYear * years))) {
    const std::int32_t until = today_.days_since_epoch() - date.days_since_epoch();
    if (until > 1) {
      const CivilDate back =
          date.plus_days(1 + static_cast<std::int32_t>(draw.below(static_cast<std::uint64_t>(until - 1))));
      // A child who has grown up speaks for themselves.
      const bool for_a_child =
          request.requester == RequesterKind::kGuardianParent || request.requester == RequesterKind::kGuardianMinor;
      const bool grown = for_a_child && back >= reaches_age_on(person.birth, kSelfAge);
      life.withdrawal = TakenBack{grown ? RequesterKind::kSelf : request.requester, request.relation,
                                  at_some_hour(back, request.channel, draw), request.channel};
    }
  }
  life.objection = std::move(request);
}

Life Historian::of(const Person& person) {
  Life life;
  Draw draw(world_.parameters().seed, Purpose::kHospital, person.index);
  for (const std::size_t i : world_.institutions_in(person.prefecture)) {
    const double chance = world_.chance_told(i, person.age);
    if (!on_the_books_[i].take(std::min(1.0, chance * kOnBooksPerTold))) continue;
    Patient patient{i, true, false};
    if (person.change) {
      const std::int32_t since = today_.days_since_epoch() - person.change->on.days_since_epoch();
      patient.knows_new_card = draw.exponential_with_mean(60) < since;
    }
    const bool gone = person.died_on && *person.died_on < today_.plus_days(-50);
    patient.claims_this_month = !gone && draw.chance(0.31);
    life.patient_of.push_back(patient);
    if (told_[i].take(std::min(1.0, 1 / kOnBooksPerTold))) tell(person, i, life);
  }
  object(person, life);
  if (person.age >= 20 && !person.died_on && !life.notices.empty() && consent_.take(kConsentsPerAdult)) {
    const CivilDate date = today_.plus_days(-static_cast<std::int32_t>(draw.between(1, 300)));
    const Channel channel = draw.chance(0.5) ? Channel::kPortal : Channel::kCounterPaper;
    life.consent = Consent{draw.chance(0.5) ? "GENOME" : "APPI_CONSENT", at_some_hour(date, channel, draw), channel};
  }
  return life;
}

}  // namespace ishi::synth
