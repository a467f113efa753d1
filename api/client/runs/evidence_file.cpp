#include "api/client/runs/evidence_file.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

#include "api/client/evidence/receipt_files.h"
#include "registry/assert.h"
#include "registry/bytes.h"

namespace ishi::client {
namespace {

constexpr std::string_view kKind = "ishi-filter-evidence/1";

tl::unexpected<Error> differs(const std::string& where, const std::string& what) {
  return fail(ErrorKind::kUnprocessable, "evidence_differs", where + what + " in this file is not what the log holds");
}

Result<ProvedRun> prove(std::span<const std::string_view> texts, const WitnessPolicy& policy) {
  std::vector<OpenedReceipt> receipts;
  for (const std::string_view text : texts) {
    auto receipt = open_receipt(text, policy);
    if (!receipt) return fail(receipt.error());
    receipts.push_back(*std::move(receipt));
  }
  return ProvedRun::of(std::move(receipts));
}

// As the server brings them into order.
std::vector<std::string> categories_of(std::string listed) {
  std::vector<std::string> categories;
  std::replace(listed.begin(), listed.end(), ';', ',');  // either separates (LAW.md 3.7)
  std::istringstream words(listed);
  for (std::string word; std::getline(words, word, ',');) {
    if (!word.empty()) categories.push_back(word);
  }
  std::sort(categories.begin(), categories.end());
  return categories;
}

// What JSON says about the whole run.
std::string difference(const nlohmann::json& json, const ProvedRun& proved) {
  const FilterRun& run = proved.first();
  const nlohmann::json& question = json.at("question");
  // Empty where the caller named none: the server then filled in its own.
  const auto asked = [&](const char* name, const std::string& value) {
    return !question.contains(name) || question.at(name) == value;
  };
  if (!proved.whole()) return "the number of parts";
  if (json.at("batch_id") != run.batch_id) return "batch_id";
  Position position = run.position;
  Timestamp evaluated_at = run.evaluated_at, valid_until = run.valid_until;
  for (std::size_t i = 1; i < proved.receipts().size(); ++i) {
    position = std::min(position, proved.part(i).position);
    evaluated_at = std::min(evaluated_at, proved.part(i).evaluated_at);
    valid_until = std::min(valid_until, proved.part(i).valid_until);
  }
  if (json.at("position") != position.events()) return "position";
  if (json.at("evaluated_at") != to_iso(evaluated_at)) return "evaluated_at";
  if (json.at("reasons_given").get<bool>() && !proved.tells_reasons()) return "reasons_given";
  if (question.value("regime", "") != run.regime) return "regime";
  if (!asked("holder", run.holder)) return "holder";
  if (!asked("recipient", run.recipient)) return "recipient";
  if (!asked("purpose", run.purpose)) return "purpose";
  if (!asked("point", run.filter_point)) return "point";
  if (question.value("override", "") != run.override_code) return "override";
  if (categories_of(question.value("categories", "")) != run.categories) return "categories";
  if (run.details && question.value("ground", "") != run.ground) return "ground";
  const auto day = [](const std::optional<CivilDate>& named) { return named ? to_iso(*named) : std::string(); };
  if (run.details && question.value("record_from", "") != day(run.details->record_from)) return "record_from";
  if (run.details && question.value("record_to", "") != day(run.details->record_to)) return "record_to";
  if (run.details && question.value("permit_id", "") != run.details->permit_id) return "permit_id";
  if (question.contains("as_of") && parse_timestamp(question.at("as_of").get<std::string>()) != run.as_of)
    return "as_of";
  if (json.at("valid_until") != to_iso(valid_until)) return "valid_until";
  return "";
}

std::string part_difference(const nlohmann::json& stated, std::size_t i, const ProvedRun& proved) {
  const FilterRun& run = proved.part(i);
  if (stated.at("part") != i + 1) return "part";
  if (stated.contains("position") && stated.at("position") != run.position.events()) return "position";
  if (stated.contains("evaluated_at") && stated.at("evaluated_at") != to_iso(run.evaluated_at)) return "evaluated_at";
  if (stated.at("receipt") != proved.receipts()[i].index.value()) return "receipt";
  if (stated.at("body_sha256") != to_hex(run.input_digest)) return "body_sha256";
  if (stated.at("decision_digest") != to_hex(run.output_digest)) return "decision_digest";
  if (stated.at("questions") != ProvedRun::questions(run)) return "questions";
  return "";
}

std::string count_difference(const nlohmann::json& json, const ProvedRun& proved) {
  const nlohmann::json& counts = json.at("counts");
  if (!json.at("reasons_given").get<bool>()) {
    const std::uint64_t usable = proved.count(ReasonCode::kAllow) + proved.count(ReasonCode::kOverride);
    return counts.value("ALLOW", std::uint64_t{0}) == usable ? "" : "the count of ALLOW";
  }
  for (std::size_t i = 0; i < kReasonCodeCount; ++i) {
    const auto code = static_cast<ReasonCode>(i);
    const std::string name(name_of(code));
    const auto stated = counts.value(name, std::uint64_t{0});
    // What could not be read was never sent: the file may count more of it than the log.
    if (code == ReasonCode::kInvalidId ? stated < proved.count(code) : stated != proved.count(code))
      return "the count of " + name;
  }
  return "";
}

bool is_sha256(std::string_view text) {
  Digest digest;
  return from_hex_into(text, digest);
}

Result<ProvedRun> open_json(std::string_view text, const WitnessPolicy& policy) try {
  const nlohmann::json json = nlohmann::json::parse(text);
  if (!json.is_object() || json.value("kind", "") != kKind)
    return fail(ErrorKind::kInvalidArgument, "evidence_format", "this JSON is not the evidence of a filter run");
  if (json.at("offline_verifiable") != true) {
    return fail(ErrorKind::kUnprocessable, "not_verifiable",
                "the file holds no receipt (" + json.value("not_verifiable_because", "it was written without") + ")");
  }
  const nlohmann::json& parts = json.at("parts");
  std::vector<std::string_view> texts;
  for (const nlohmann::json& part : parts) texts.push_back(part.at("proof").get_ref<const std::string&>());
  if (texts.empty()) return fail(ErrorKind::kInvalidArgument, "evidence_format", "the file names no part");
  auto proved = prove(texts, policy);
  if (!proved) return proved;
  if (const std::string what = difference(json, *proved); !what.empty()) return differs("", what);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const std::string what = part_difference(parts.at(i), i, *proved);
    if (!what.empty()) return differs("part " + std::to_string(i + 1) + ": ", what);
  }
  if (const std::string what = count_difference(json, *proved); !what.empty()) return differs("", what);
  proved->sender_says =
      SenderSays{json.at("input_sha256").get<std::string>(), json.at("output_sha256").get<std::string>(),
                 json.at("items").get<std::uint64_t>(), json.at("kept").get<std::uint64_t>()};
  for (const std::string* digest : {&proved->sender_says->input_sha256, &proved->sender_says->output_sha256}) {
    if (!is_sha256(*digest))
      return fail(ErrorKind::kInvalidArgument, "evidence_format", "a SHA-256 in the file is not 64 hexadecimal digits");
  }
  return proved;
} catch (const nlohmann::json::exception&) {
  return fail(ErrorKind::kInvalidArgument, "evidence_format", "the file is cut off, or not as ishi filter writes it");
}

}  // namespace

void fetch_receipts(HttpClient& client, const Patience& patience, BatchEvidence& evidence) {
  for (BatchPart& part : evidence.parts) {
    if (!part.receipt) {
      evidence.no_proof_because = "the server named no receipt";
      return;
    }
    auto receipt = fetch_receipt(client, patience, *part.receipt);
    if (!receipt) {
      evidence.no_proof_because = "the server gave no receipt: " + receipt.error().detail;
      return;
    }
    part.proof = *std::move(receipt);
  }
}

bool has_all_receipts(const BatchEvidence& evidence) {
  for (const BatchPart& part : evidence.parts) {
    if (part.proof.empty()) return false;
  }
  return !evidence.parts.empty();
}

bool is_json_name(std::string_view path) {
  return path.ends_with(".json");
}

std::string receipt_file(const BatchEvidence& evidence) {
  ISHI_ASSERT(has_all_receipts(evidence));
  std::string text;
  for (const BatchPart& part : evidence.parts) text += part.proof;
  return text;
}

Result<ProvedRun> open_evidence(std::string_view text, const WitnessPolicy& policy) {
  if (begins_as_receipt(text)) return prove(split_receipts(text), policy);
  return open_json(text, policy);
}

}  // namespace ishi::client
