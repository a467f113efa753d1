#include "api/client/evidence/evidence_words.h"

#include <vector>

#include "registry/rules/decision.h"
#include "registry/text.h"

namespace ishi::client {
namespace {

struct KindWords {
  EventKind kind;
  const char *english, *japanese;
};
constexpr KindWords kKinds[] = {
    {EventKind::kPolicyPublished, "policy", "方針の公布"},
    {EventKind::kTokenIdentity, "identity", "識別子の登録"},
    {EventKind::kNoticeGiven, "notice", "通知"},
    {EventKind::kNoticeVoided, "voided notice", "通知の取消し"},
    {EventKind::kObjection, "objection", "提供停止の求め"},
    {EventKind::kObjectionWithdrawn, "withdrawal of an objection", "停止の求めの撤回"},
    {EventKind::kConsentGiven, "consent", "同意"},
    {EventKind::kConsentWithdrawn, "withdrawal of a consent", "同意の撤回"},
    {EventKind::kTokensLinked, "link", "名寄せ"},
    {EventKind::kLinksUndone, "split", "名寄せの取消し"},
    {EventKind::kDeathRecorded, "death", "死亡の記録"},
    {EventKind::kDeathRetracted, "retracted death", "死亡の記録の取消し"},
    {EventKind::kFilterRun, "filter run", "照合の実施"},
    {EventKind::kRecordErased, "erasure", "消去の記録"},
    {EventKind::kPermitApproved, "permit", "利用許可の登録"},
    {EventKind::kTimesHealed, "correction of times", "時刻の訂正"},
    {EventKind::kReceiptIssued, "receipt", "書面の交付"},
    {EventKind::kLetterCodeIssued, "letter code", "書状の番号の発行"},
    {EventKind::kErasureOrdered, "order to erase", "消去の指示"},
    {EventKind::kErasureAcknowledged, "acknowledged erasure", "消去の完了"},
    {EventKind::kReaffirmDue, "question at sixteen", "16歳到達による確認の発生"},
    {EventKind::kReaffirmDone, "answer at sixteen", "16歳到達による確認"},
    {EventKind::kProvisionRecorded, "provision", "提供の記録"},
    {EventKind::kConfirmationRecorded, "confirmation", "確認の記録"},
    {EventKind::kVisitsReported, "report of visits", "受診者数の報告"},
    {EventKind::kPatientListReported, "patient list", "患者一覧の報告"},
    {EventKind::kFilingPublished, "filing", "届出の公表"},
    {EventKind::kHolderChanged, "change of a holder", "届出事項の変更"},
    {EventKind::kChangeNotified, "notification of a change", "変更の通知"},
    {EventKind::kCampaignStarted, "start of a campaign", "掲示等の開始"},
    {EventKind::kCampaignStopped, "end of a campaign", "掲示等の終了"},
    {EventKind::kComplaintReceived, "complaint", "苦情の受付"},
    {EventKind::kComplaintClosed, "closed complaint", "苦情の処理"},
    {EventKind::kCaseViewed, "look at a case", "個別事案の閲覧"},
    {EventKind::kFigurePublished, "published figure", "公表した数値"},
    {EventKind::kPersonDescribed, "description of a person", "属性の登録"},
};

const KindWords& words_of(EventKind kind) {
  for (const KindWords& words : kKinds) {
    if (words.kind == kind) return words;
  }
  return kKinds[0];
}

// Lines of "label  value". Values come from files of others: nothing in them may move the reader's terminal.
class Page {
 public:
  explicit Page(Words words) : japanese_(words == Words::kJapanese) {}
  void title(const std::string& english, const std::string& japanese) {
    text_ += printable(pick(english, japanese)) + "\n";
  }
  void line(const std::string& english, const std::string& japanese, const std::string& value) {
    text_ += "  " + pick(english, japanese) + (japanese_ ? "： " : ": ") + printable(value) + "\n";
  }
  std::string pick(const std::string& english, const std::string& japanese) const {
    return japanese_ ? japanese : english;
  }
  std::string list(const std::vector<std::string>& items) const {
    if (items.empty()) return pick("all", "すべて");
    std::string joined;
    for (const std::string& item : items) joined += (joined.empty() ? "" : ", ") + item;
    return joined;
  }
  const std::string& text() const { return text_; }

 private:
  const bool japanese_;
  std::string text_;
};

std::string numbers_of(const std::vector<EventIndex>& events) {
  std::string joined;
  for (const EventIndex& event : events) joined += (joined.empty() ? "" : ", ") + std::to_string(event.value());
  return joined;
}

void add_scope(Page& page, const Scope& scope) {
  page.line("regimes", "制度", page.list(scope.regimes));
  page.line("institutions", "医療機関等", page.list(scope.holders));
  page.line("recipients", "提供先", page.list(scope.recipients));
  page.line("categories", "情報の種類", page.list(scope.categories));
  page.line("purposes", "利用目的", page.list(scope.purposes));
  if (scope.record_from) page.line("records from", "対象期間の初日", to_iso(*scope.record_from));
  if (scope.record_to) page.line("records to", "対象期間の末日", to_iso(*scope.record_to));
}

void add_question(Page& page, const FilterRun& run) {
  page.line("batch", "一括照合番号", run.batch_id);
  page.line("regime", "制度", run.regime);
  page.line("institution", "医療機関等", run.holder);
  if (!run.recipient.empty()) page.line("recipient", "提供先", run.recipient);
  if (!run.purpose.empty()) page.line("purpose", "利用目的", run.purpose);
  page.line("categories", "情報の種類", page.list(run.categories));
  if (run.details && run.details->record_from)
    page.line("records from", "対象期間の初日", to_iso(*run.details->record_from));
  if (run.details && run.details->record_to) page.line("records to", "対象期間の末日", to_iso(*run.details->record_to));
  if (!run.filter_point.empty()) page.line("point of use", "照合の段階", run.filter_point);
  if (!run.override_code.empty()) page.line("exception claimed", "主張された例外", run.override_code);
  if (!run.ground.empty()) page.line("its ground", "その根拠", run.ground);
  if (run.details && !run.details->permit_id.empty()) page.line("permit", "許可番号", run.details->permit_id);
}

// When it was answered, and what was known then.
void add_instant(Page& page, const FilterRun& run, const std::string& of_part, const std::string& japanese) {
  page.line("as of" + of_part, "基準時点" + japanese, to_iso(run.as_of));
  page.line("knowing everything before position" + of_part, "反映済みの位置" + japanese,
            std::to_string(run.position.events()));
  page.line("policy, as event" + of_part, "適用した方針（事象番号）" + japanese, std::to_string(run.policy.value()));
  page.line("evaluated at" + of_part, "照合日時" + japanese, to_iso(run.evaluated_at));
  page.line("may be relied on until" + of_part, "有効期限" + japanese, to_iso(run.valid_until));
}

bool of_one_instant(const FilterRun& a, const FilterRun& b) {
  return a.as_of == b.as_of && a.position == b.position && a.policy == b.policy && a.evaluated_at == b.evaluated_at &&
         a.valid_until == b.valid_until;
}

void add_instants(Page& page, const ProvedRun& proved) {
  bool one = true;
  for (std::size_t i = 1; i < proved.receipts().size(); ++i)
    one = one && of_one_instant(proved.first(), proved.part(i));
  if (one) return add_instant(page, proved.first(), "", "");
  for (std::size_t i = 0; i < proved.receipts().size(); ++i) {
    const std::string number = std::to_string(proved.part(i).details ? proved.part(i).details->part : i + 1);
    add_instant(page, proved.part(i), ", part " + number, "（" + number + "）");
  }
}

void add_answers(Page& page, const ProvedRun& proved) {
  const FilterRun& run = proved.first();
  page.line("parts", "分割数", std::to_string(run.parts));
  if (run.parts > 1 && !proved.whole() && run.details)
    page.line("of which this is number", "そのうちの番号", std::to_string(run.details->part));
  for (std::size_t i = 0; i < proved.receipts().size(); ++i) {
    const std::string number = std::to_string(proved.part(i).details ? proved.part(i).details->part : i + 1);
    const std::string of_part = run.parts > 1 ? ", part " + number : "",
                      japanese = run.parts > 1 ? "（" + number + "）" : "";
    page.line("SHA-256 of what was asked" + of_part, "入力の SHA-256" + japanese, to_hex(proved.part(i).input_digest));
    page.line("SHA-256 of the answers" + of_part, "回答の SHA-256" + japanese, to_hex(proved.part(i).output_digest));
  }
  for (std::size_t code = 0; code < kReasonCodeCount; ++code) {
    const std::uint64_t count = proved.count(static_cast<ReasonCode>(code));
    const std::string name(name_of(static_cast<ReasonCode>(code)));
    if (count > 0) page.line(name + " lines", name + " の件数", std::to_string(count));
  }
  if (!proved.tells_reasons())
    page.line("withheld lines, reasons not told", "除かれた件数（理由は示されません）",
              std::to_string(proved.withheld()));
}

void add_body(Page& page, const EventBody& body) {
  if (const auto* objection = std::get_if<Objection>(&body)) {
    page.line("accepted at", "受付日時", to_iso(objection->accepted_at));
    add_scope(page, objection->scope);
  } else if (const auto* withdrawn = std::get_if<ObjectionWithdrawn>(&body)) {
    page.line("accepted at", "受付日時", to_iso(withdrawn->accepted_at));
    page.line("takes back objections no.", "撤回する求めの番号", numbers_of(withdrawn->objections));
  } else if (const auto* consent = std::get_if<ConsentGiven>(&body)) {
    page.line("accepted at", "受付日時", to_iso(consent->accepted_at));
    add_scope(page, consent->scope);
    if (consent->expires_on) page.line("last day", "有効期限", to_iso(*consent->expires_on));
  } else if (const auto* revoked = std::get_if<ConsentWithdrawn>(&body)) {
    page.line("accepted at", "受付日時", to_iso(revoked->accepted_at));
    page.line("takes back consents no.", "撤回する同意の番号", numbers_of(revoked->consents));
  } else if (const auto* notice = std::get_if<NoticeGiven>(&body)) {
    page.line("institution", "医療機関等",
              notice->holder.empty() ? page.pick("all; told by the state", "すべて（国による通知）") : notice->holder);
    page.line("regime", "制度", notice->regime);
    page.line("template", "通知の様式", notice->template_id);
    page.line("date", "通知日", to_iso(notice->date));
  } else if (const auto* permit = std::get_if<PermitApproved>(&body)) {
    page.line("permit", "許可番号", permit->permit_id);
    page.line("regime", "制度", permit->regime);
    if (!permit->recipient.empty()) page.line("recipient", "提供先", permit->recipient);
    page.line("approved at", "許可日時", to_iso(permit->approved_at));
    const bool registration = permit->counts_from == PermitStart::kRegistration;
    page.line("counts from", "効力の起点",
              registration ? page.pick("its registration", "登録の時点") : page.pick("its approval", "許可の時点"));
    page.line("purposes", "利用目的", page.list(permit->purposes));
    if (!permit->exception.empty()) page.line("exception", "例外", permit->exception + ": " + permit->ground);
  } else if (const auto* receipt = std::get_if<ReceiptIssued>(&body)) {
    page.line("of objection no.", "提供停止の求めの番号", std::to_string(receipt->objection.value()));
    page.line("number on the document", "書面の番号", receipt->number);
    page.line("given at", "交付日時", to_iso(receipt->issued_at));
    page.line("given by", "交付した機関", receipt->issuer);
    page.line("SHA-256 of the document", "書面の SHA-256", to_hex(receipt->document_digest));
  } else if (const auto* erased = std::get_if<RecordErased>(&body)) {
    page.line("erased event no.", "消去した事象の番号", std::to_string(erased->target.value()));
  } else if (const auto* healed = std::get_if<TimesHealed>(&body)) {
    page.line("wrong times from no.", "誤った時刻の最初の番号", std::to_string(healed->first.value()));
    page.line("not before", "これより前ではない", to_iso(healed->not_before));
    page.line("corrected at", "訂正日時", to_iso(healed->healed_at));
    page.line("ground", "理由", healed->ground);
  }
}

void add_trust(Page& page, const TrustedCheckpoint& trusted) {
  page.line("log", "台帳", trusted.checkpoint.origin);
  page.line("size of the log", "台帳の件数", std::to_string(trusted.checkpoint.size));
  page.line("root", "根ハッシュ", to_base64(trusted.checkpoint.root));
  for (const std::string& line : trusted.checkpoint.extensions)
    if (line.starts_with(kControllerLine))
      page.line("controller of the registry", "登録簿の運営主体", line.substr(kControllerLine.size()));
  for (const VerifierKey& key : trusted.signed_by) page.line("signed by", "署名した鍵", key.format());
  for (const Witnessed& witness : trusted.witnessed_by) {
    const bool sane = witness.seconds_since_1970 < 253'402'300'800U;  // the year 10000
    page.line("witnessed by", "立会人",
              witness.name +
                  (sane ? ", " + to_iso(Timestamp().plus_seconds(static_cast<std::int64_t>(witness.seconds_since_1970)))
                        : ""));
  }
}

void add_origin(Page& page, const OpenedReceipt& receipt) {
  page.line("registered at", "登録日時", to_iso(receipt.event.registered_at));
  page.line("submitted by", "登録者", receipt.event.caller);
  add_trust(page, receipt.trusted);
}

}  // namespace

Words words_of_locale(std::string_view locale) {
  return locale.starts_with("ja") ? Words::kJapanese : Words::kEnglish;
}

std::string describe(const OpenedReceipt& receipt, Words words) {
  Page page(words);
  const KindWords& kind = words_of(kind_of(receipt.event.body));
  const std::string number = std::to_string(receipt.index.value());
  page.title(std::string("Proved: ") + kind.english + " no. " + number + " is in the registry's log.",
             std::string("確認できました：") + kind.japanese + "（番号 " + number + "）は台帳に記録されています。");
  for (const Token& token : persons_of(receipt.event.body)) {
    page.line("token fingerprint", "トークンの指紋", to_hex(sha256(token.bytes())).substr(0, 16));
  }
  add_body(page, receipt.event.body);
  add_origin(page, receipt);
  return page.text();
}

std::string describe(const ProvedRun& proved, Words words) {
  Page page(words);
  std::string numbers;
  for (const OpenedReceipt& receipt : proved.receipts())
    numbers += (numbers.empty() ? "" : ", ") + std::to_string(receipt.index.value());
  const std::string parts = std::to_string(proved.first().parts);
  if (!proved.whole()) {
    page.title("Proved: one part of filter run no. " + numbers + " is in the registry's log. The other parts (of " +
                   parts + ") are not in this file.",
               "確認できました：照合の実施（番号 " + numbers + "）の一部は台帳に記録されています。残りの部分（全 " +
                   parts + "）はこのファイルにありません。");
  } else {
    page.title("Proved: filter run no. " + numbers + " is in the registry's log.",
               "確認できました：照合の実施（番号 " + numbers + "）は台帳に記録されています。");
  }
  add_question(page, proved.first());
  add_instants(page, proved);
  add_answers(page, proved);
  add_origin(page, proved.receipts().back());
  if (proved.sender_says) {
    page.title("The sender adds, and nobody else vouches for it:", "送信者による追記（台帳は保証しません）：");
    page.line("SHA-256 of its input file", "入力ファイルの SHA-256", proved.sender_says->input_sha256);
    page.line("SHA-256 of its output file", "出力ファイルの SHA-256", proved.sender_says->output_sha256);
    page.line("items, kept", "件数、残した件数",
              std::to_string(proved.sender_says->items) + ", " + std::to_string(proved.sender_says->kept));
  }
  return page.text();
}

std::string describe(const TrustedCheckpoint& trusted, Words words) {
  Page page(words);
  page.title("Proved: the log's keeper signed this state of the log.",
             "確認できました：台帳の管理者がこの状態に署名しています。");
  add_trust(page, trusted);
  return page.text();
}

std::string describe(const Error& error, Words words) {
  Page page(words);
  page.title("NOT PROVED: " + error.detail + ". [" + error.code + "]",
             "確認できません（" + error.code + "）：" + error.detail);
  return page.text();
}

}  // namespace ishi::client
