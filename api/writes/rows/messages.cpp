#include "api/writes/rows/messages.h"

#include <array>

#include "registry/assert.h"

namespace ishi::api {
namespace {

struct Message {
  LineCode code;
  std::string_view name, english, japanese;
};

constexpr std::array<Message, kLineCodeCount> kMessages = {{
    {LineCode::kRowTooLong, "row_too_long", "The line is longer than 64 KiB.", "行が64KiBを超えています。"},
    {LineCode::kTooManyFields, "too_many_fields", "The line has more than 64 fields, or too many list items.",
     "1行の項目が64個を超えているか、リストの要素が多すぎます。"},
    {LineCode::kInvalidUtf8, "invalid_utf8", "The line is not UTF-8. Convert the file to UTF-8 and send it again.",
     "文字コードがUTF-8ではありません。UTF-8に変換して再送してください。"},
    {LineCode::kMalformedRow, "malformed_row",
     "The line is not one JSON object, or not a CSV record with balanced quotes.",
     "1つのJSONオブジェクト、または引用符の対応したCSVの行ではありません。"},
    {LineCode::kTooDeep, "too_deep",
     "Only texts, numbers, true, false, lists of texts and one level of objects are read.",
     "値は文字列・数値・真偽値・文字列のリスト・1段の入れ子までです。"},
    {LineCode::kDuplicateName, "duplicate_name", "A field is given twice.", "同じ項目が2回あります。"},
    {LineCode::kFieldCount, "field_count", "The line does not have as many fields as the header row.",
     "項目の数が見出し行と一致しません。"},
    {LineCode::kUnknownField, "unknown_field",
     "The line has a field that is not known here. Known fields:", "この受付にない項目があります。使える項目："},
    {LineCode::kMyNumberRefused, "my_number_refused",
     "A field holds an Individual Number (My Number). It must not be sent here; nothing of this line was kept.",
     "マイナンバー（個人番号）が入力されています。個人番号は受け付けません。この行の内容は保存していません。"},
    {LineCode::kIdentityMissing, "identity_missing", "Give token, or id, or insurer and number.",
     "token、id、または insurer と number のいずれかを指定してください。"},
    {LineCode::kIdentityAmbiguous, "identity_ambiguous",
     "Token and number do not name the same person, or both id and insurer with number are given.",
     "トークンと記号・番号が同じ人を示していないか、id と insurer・number の両方が指定されています。"},
    {LineCode::kTokenFormat, "token_format", "A token is 32 hexadecimal digits.", "トークンは16進数32桁です。"},
    {LineCode::kInsurerFormat, "insurer_format", "The insurer number has 8 or 6 digits.",
     "保険者番号は8桁または6桁の数字です。"},
    {LineCode::kSymbolFormat, "symbol_format", "The symbol (kigo) cannot be read.", "記号を読み取れません。"},
    {LineCode::kNumberFormat, "number_format", "The number (bango) cannot be read.", "番号を読み取れません。"},
    {LineCode::kNumberMissing, "number_missing", "The number (bango) is missing.", "番号がありません。"},
    {LineCode::kBranchFormat, "branch_format", "The branch (edaban) is two digits, or empty.",
     "枝番は2桁の数字、または空欄です。"},
    {LineCode::kCheckDigit, "check_digit", "The check digit of the insurer number is wrong. Compare it with the card.",
     "保険者番号の検証番号が合いません。資格情報と照らし合わせてください。"},
    {LineCode::kFieldMissing, "field_missing", "This field is required.", "必須の項目です。"},
    {LineCode::kValueUnknown, "value_unknown", "This value is not one of:", "次のいずれかを指定してください："},
    {LineCode::kValueFormat, "value_format",
     "This value has the wrong form: true or false, a receipt number, or a short text without blanks.",
     "値の形式が違います（true・false、受付番号、または空白のない短い文字列）。"},
    {LineCode::kEmptyList, "empty_list", "The list is empty. Name what is meant, or leave the field out for all.",
     "リストが空です。対象を指定するか、すべてを対象とする場合は項目を省いてください。"},
    {LineCode::kListTooLong, "list_too_long", "A list has at most 256 items.", "リストの要素は256個までです。"},
    {LineCode::kDateFormat, "date_format", "A date is YYYY-MM-DD and exists; an instant is RFC 3339 with an offset.",
     "日付は実在する YYYY-MM-DD、日時は時差つきの RFC 3339 形式で指定してください。"},
    {LineCode::kDateInFuture, "date_in_future", "The date lies in the future.", "日付が未来です。"},
    {LineCode::kDateImplausible, "date_implausible", "The date lies before anything this registry can know.",
     "日付が古すぎます。"},
    {LineCode::kUnknownRegime, "unknown_regime",
     "This regime is not in the policy book. Known:", "登録されていない制度コードです。登録済み："},
    {LineCode::kUnknownHolder, "unknown_holder",
     "This institution is not in the policy book. Known:", "登録されていない医療機関コードです。登録済み："},
    {LineCode::kUnknownRecipient, "unknown_recipient",
     "This operator is not in the policy book. Known:", "登録されていない提供先コードです。登録済み："},
    {LineCode::kUnknownCategory, "unknown_category",
     "This category is not in the policy book. Known:", "登録されていない情報区分です。登録済み："},
    {LineCode::kUnknownPurpose, "unknown_purpose",
     "This purpose is not in the policy book. Known:", "登録されていない利用目的です。登録済み："},
    {LineCode::kForeignHolder, "foreign_holder", "You may not act for this institution.",
     "この医療機関の代理として登録する権限がありません。"},
    {LineCode::kForeignRecipient, "foreign_recipient",
     "An operator relays an objection to itself or to all recipients, not to another one alone.",
     "事業者が取り次げるのは、自らまたはすべての提供先を対象とする求めだけです。"},
    {LineCode::kClosedByOption, "closed_by_option",
     "The framework option in force leaves this to others: without a holder, the state must be the one who tells; a "
     "permit is registered by who reviews under its regime.",
     "現在の枠組みでは、この登録は別の主体が行います（医療機関コードのない通知は国が行う場合に限られ、利用許可は審査す"
     "る者が登"
     "録します）。"},
    {LineCode::kDatedBackTooFar, "dated_back_too_far",
     "The date lies further back than may be recorded here. Have the registry load what is older.",
     "日付が、ここで登録できる期間より前です。古い記録は登録機関を通じて登録してください。"},
    {LineCode::kRecordedByAnother, "recorded_by_another",
     "Another institution recorded this. Name it by its receipt number and say what proof of who asks was seen "
     "(evidence); "
     "a death is retracted by who recorded it, or by the registry.",
     "別の機関が登録した内容です。受付番号と、確認した本人確認の種類（evidence）を指定してください。死亡の取消しは、登"
     "録した機関または登録機関が行います。"},
    {LineCode::kTooManyFacts, "too_many_facts",
     "So much is recorded of this person already that somebody at the registry must look at it first.",
     "この方の記録が多すぎるため、登録機関での確認が必要です。"},
    {LineCode::kUnknownTemplate, "unknown_template", "This notice template is not in the policy book.",
     "登録されていない通知書式です。"},
    {LineCode::kTemplateRegime, "template_regime", "This template informs about another regime.",
     "この通知書式は別の制度のものです。"},
    {LineCode::kTemplateHolder, "template_holder", "This template belongs to another institution.",
     "この通知書式は別の医療機関のものです。"},
    {LineCode::kTemplateDate, "template_date", "This template was not in use on that date.",
     "その日付に使われていない通知書式です。"},
    {LineCode::kPublicOnlyIsNoNotice, "public_only_is_no_notice",
     "Publication alone does not inform the person (Act art. 52, 57): it is not a notice.",
     "公表のみでは本人への通知になりません（法52条・57条）。"},
    {LineCode::kNoticeAfterDeath, "notice_after_death", "The date lies after the person's recorded death.",
     "登録されている死亡日より後の日付です。"},
    {LineCode::kNoticeNotFound, "notice_not_found",
     "No such notice of this person is on record, so nothing was voided.", "取り消す通知の記録が見つかりません。"},
    {LineCode::kNoticeAmbiguous, "notice_ambiguous",
     "Several notices of that day are on record. Name method and template, or the receipt number (notice).",
     "その日の通知が複数あります。方法と書式、または受付番号（notice）を指定してください。"},
    {LineCode::kUnknownCampaign, "unknown_campaign", "A composite notice (N5) needs a campaign of the policy book.",
     "複合的通知（N5）には登録済みの実施番号が必要です。"},
    {LineCode::kCampaignMismatch, "campaign_mismatch", "This campaign is of another institution, regime or template.",
     "この実施番号は別の医療機関・制度・書式のものです。"},
    {LineCode::kCampaignMethods, "campaign_methods", "This campaign uses fewer methods than a composite notice needs.",
     "複合的通知に必要な数の方法がこの実施に含まれていません。"},
    {LineCode::kCampaignNotRunning, "campaign_not_running", "This campaign was not running on that date.",
     "その日付はこの実施の期間外です。"},
    {LineCode::kCampaignOnlyComposite, "campaign_only_composite", "Only a composite notice (N5) names a campaign.",
     "実施番号は複合的通知（N5）だけに指定します。"},
    {LineCode::kRecordPeriodReversed, "record_period_reversed", "record_from lies after record_to.",
     "record_from が record_to より後です。"},
    {LineCode::kAcceptedAtInFuture, "accepted_at_in_future", "The request cannot have been accepted in the future.",
     "受付日時が未来です。"},
    {LineCode::kObjectionNotApplicable, "objection_not_applicable", "The law leaves no objection under this regime.",
     "この制度では法令上、停止の求めができません。"},
    {LineCode::kConsentNotApplicable, "consent_not_applicable", "This regime does not work by consent.",
     "この制度は同意によるものではありません。"},
    {LineCode::kRequesterNotAllowed, "requester_not_allowed",
     "This kind of requester does not decide under this regime.",
     "この制度では、この立場の方は求めることができません。"},
    {LineCode::kRelationUnknown, "relation_unknown",
     "A bereaved requester needs a relation. Known:", "ご遺族の続柄を指定してください。登録済み："},
    {LineCode::kPersonNotDeceased, "person_not_deceased",
     "A bereaved requester speaks for the dead only: give death_date, or record the death first.",
     "ご遺族として求めるには、死亡日（death_date）の指定または死亡の登録が必要です。"},
    {LineCode::kAgeSelfTooYoung, "age_self_too_young", "At this age the person does not decide alone yet.",
     "この年齢では、ご本人だけで求めることができません。"},
    {LineCode::kGuardianAgeExceeded, "guardian_age_exceeded", "The person has outgrown the guardian and decides alone.",
     "ご本人が保護者の代理できる年齢を超えています。"},
    {LineCode::kBirthDateNeeded, "birth_date_needed",
     "Who may ask depends on the person's age: give birth_date. It is not kept.",
     "年齢により求められる方が決まるため、生年月日（birth_date）が必要です。保存はしません。"},
    {LineCode::kPersonHasDied, "person_has_died",
     "The person has died: only the bereaved may object now (requester BEREAVED). If that is wrong, have the death "
     "retracted first.",
     "死亡が登録されているため、求められるのはご遺族だけです（requester は "
     "BEREAVED）。誤りの場合は、先に死亡の登録を取り消してください。"},
    {LineCode::kRequesterDiffers, "requester_differs",
     "Another of the bereaved may have made this: give requester_name and requester_birth_date as then, or "
     "evidence=CONSENSUS if the family's consensus is documented.",
     "別のご遺族による求めの可能性があります。求めたときと同じ requester_name と "
     "requester_birth_date、またはご家族の合意書があるときは evidence=CONSENSUS を指定してください。"},
    {LineCode::kWithdrawalNotAllowed, "withdrawal_not_allowed", "Only the one who may can take this request back.",
     "この立場の方は、この求めを撤回できません。"},
    {LineCode::kRegimeNotReversible, "regime_not_reversible", "An objection cannot be taken back under this regime.",
     "この制度では求めを撤回できません。"},
    {LineCode::kWithdrawalBeforeRequest, "withdrawal_before_request",
     "It cannot have been accepted before the request that it takes back.", "撤回の受付が、元の求めの受付より前です。"},
    {LineCode::kObjectionNotFound, "objection_not_found", "This person has no objection with this receipt number.",
     "この方の求めに、この受付番号のものはありません。"},
    {LineCode::kConsentNotFound, "consent_not_found", "This person has no consent with this receipt number.",
     "この方の同意に、この受付番号のものはありません。"},
    {LineCode::kAlreadyWithdrawn, "already_withdrawn", "It has been taken back already.", "すでに撤回されています。"},
    {LineCode::kNothingToWithdraw, "nothing_to_withdraw", "This person has no active objection.",
     "この方に有効な停止の求めはありません。"},
    {LineCode::kObjectionOrAll, "objection_or_all", "Give either objection (a receipt number) or all=true.",
     "objection（受付番号）または all=true のどちらか一方を指定してください。"},
    {LineCode::kExpiresBeforeStart, "expires_before_start", "expires_on lies before the consent begins.",
     "expires_on が同意の開始より前です。"},
    {LineCode::kSameIdentity, "same_identity", "Both identities are the same.", "2つの番号が同じです。"},
    {LineCode::kHouseholdCannotLink, "household_cannot_link",
     "A card without branch names a household, not a person, and cannot be linked. Give the branch.",
     "枝番のない番号は世帯を指すため、連結できません。枝番を指定してください。"},
    {LineCode::kNotLinked, "not_linked", "No active link connects the two directly.",
     "2つの番号を直接つなぐ有効な連結はありません。"},
    {LineCode::kLinkNotFound, "link_not_found", "This person has no active link with this receipt number.",
     "この方の連結に、この受付番号のものはありません。"},
    {LineCode::kOtherOrLink, "other_or_link", "Give either the other identity or link (a receipt number).",
     "もう一方の番号または link（受付番号）のどちらか一方を指定してください。"},
    {LineCode::kForeignSource, "foreign_source",
     "You may link only by what you know yourself: hospitals S3, the portal S2.",
     "連結の根拠は、自らのもの（医療機関は S3、ポータルは S2）だけを指定できます。"},
    {LineCode::kDeathNotRecorded, "death_not_recorded", "No death of this person is on record.",
     "この方の死亡は登録されていません。"},
    {LineCode::kDeathAmbiguous, "death_ambiguous", "Several dates of death are on record. Name the one to retract.",
     "複数の死亡日が登録されています。取り消す日付を指定してください。"},
    {LineCode::kPermitExists, "permit_exists",
     "Another permit of this id is registered. A permit is not changed; register the new one under an id of its own.",
     "この番号の許可はすでに別の内容で登録されています。変更はできません。新しい番号で登録してください。"},
    {LineCode::kRegimeWithoutPermits, "regime_without_permits",
     "Under this regime no permit shields data from later objections, and the framework option asks for none: nothing "
     "would follow from it.",
     "この制度では、許可の時点が基準になりません。"},
    {LineCode::kUnknownOverride, "unknown_override", "This regime has no such exception.",
     "この制度にその例外はありません。"},
    {LineCode::kTwoSignaturesNeeded, "two_signatures_needed",
     "An approval that lies in the past is registered by the two people who hold the registry's key "
     "(REGISTRY_KEYHOLDER). "
     "Leave approved_at out: the permit then counts from now.",
     "過去の許可は、鍵を持つ二人（REGISTRY_KEYHOLDER）が登録します。approved_at を省くと、今から有効になります。"},
    {LineCode::kUnknownEvidence, "unknown_evidence",
     "This kind of document is not known. Known: IDENTITY, FAMILY_REGISTER, REMOVED_FROM_REGISTER, "
     "GUARDIANSHIP_REGISTER, POWER_OF_ATTORNEY, FAMILY_CONSENSUS, OTHER.",
     "確認書類の種類が登録されていません。登録済み：IDENTITY（本人確認書類）、FAMILY_REGISTER（戸籍謄本）、"
     "REMOVED_FROM_REGISTER（除籍）、GUARDIANSHIP_REGISTER（登記事項証明書）、POWER_OF_ATTORNEY（委任状）、"
     "FAMILY_CONSENSUS（家族の合意書）、OTHER。"},
    {LineCode::kSeenOnline, "seen_online",
     "What a person says online was seen by nobody: leave out assurance=SEEN, seen_by and seen_on.",
     "オンラインの申告は確認済みとして登録できません。assurance=SEEN、seen_by、seen_on を省いてください。"},
    {LineCode::kReceiptExists, "receipt_exists",
     "A receipt of this objection was given already. Say reissue=true if this is a further copy.",
     "この求めの受付書面はすでに交付されています。再交付の場合は reissue=true を指定してください。"},
    {LineCode::kReceiptNotFound, "receipt_not_found",
     "No receipt of this objection was given yet, so there is nothing to give again.",
     "この求めの受付書面はまだ交付されていないため、再交付はできません。"},
    {LineCode::kReceiptConsentNeeded, "receipt_consent_needed",
     "A receipt in electronic form needs the consent of the person who asked, given before (Act art. 53(2)). Give it "
     "on "
     "paper.",
     "電磁的な交付には、求めた方の事前の承諾が必要です（法53条2項）。書面で交付してください。"},
    {LineCode::kReceiptBeforeRequest, "receipt_before_request",
     "A receipt cannot have been given before the objection was accepted.", "交付の日時が、求めの受付より前です。"},
    {LineCode::kRefused, "refused", "A rule of the registry refuses this line.",
     "登録の規則により受け付けられません。"},
    {LineCode::kNoEffect, "no_effect", "Accepted; nothing had to be recorded, and nothing was kept.",
     "受け付けましたが、記録すべきことはなく、何も保存していません。"},
    {LineCode::kAlreadyRecorded, "already_recorded", "Accepted; exactly this is on record already.",
     "受け付けましたが、同じ内容がすでに登録されています。"},
    {LineCode::kAlreadyLinked, "already_linked", "Accepted; the two are linked already.",
     "受け付けましたが、すでに連結されています。"},
    {LineCode::kAlreadyObjected, "already_objected",
     "Accepted; the same objection stands already, under this receipt number.",
     "受け付けましたが、同じ求めがすでに有効です（受付番号はその求めのものです）。"},
    {LineCode::kCheckDigitFailed, "check_digit_failed",
     "The check digit of the insurer number is wrong; recorded as sent.",
     "保険者番号の検証番号が合いません。送信された番号のまま登録しました。"},
    {LineCode::kHouseholdCard, "household_card", "The branch is missing: this names everybody on the card.",
     "枝番がないため、同じ番号の世帯全員に関わるものとして扱います。"},
    {LineCode::kClockAdjusted, "clock_adjusted",
     "accepted_at lay slightly in the future; the time of arrival was taken.",
     "accepted_at がわずかに未来だったため、到着時刻を採用しました。"},
    {LineCode::kDeathDateDiffers, "death_date_differs", "Another date of death is on record; it was not changed.",
     "別の死亡日が登録済みです。登録は変更していません。"},
    {LineCode::kFieldIgnored, "field_ignored", "A field that does not apply to this request was not read.",
     "この求めに当てはまらない項目は用いていません。"},
    {LineCode::kScopeNarrowed, "scope_narrowed", "It binds only under the regimes where this requester decides.",
     "この立場の方が求められる制度についてだけ有効です。"},
    {LineCode::kScopeWidened, "scope_widened",
     "So many objections of this person stand that this one was recorded as stopping everything.",
     "この方の求めが多数あるため、すべてを対象とする求めとして登録しました。"},
    {LineCode::kStillObjected, "still_objected", "Where an objection cannot be taken back, it goes on.",
     "撤回のできない制度については、求めが引き続き有効です。"},
    {LineCode::kStillLinked, "still_linked", "Another source confirms the link, so it stands.",
     "ほかの根拠があるため、連結は続いています。"},
    {LineCode::kTooManyLinkedDenied, "too_many_linked_denied",
     "More identities would be one person's than a person can have: both are denied until the registry has looked.",
     "一人の方の番号として連結できる数を超えるため、登録機関が確認するまで双方とも提供を停止します。"},
    {LineCode::kDeathNotKept, "death_not_kept",
     "The date of death served to judge this request only; have the death recorded by who records deaths.",
     "死亡日はこの求めの確認だけに用いました。死亡の登録は、登録する権限のある機関が行います。"},
}};

constexpr bool in_order() {
  for (std::size_t i = 0; i < kMessages.size(); ++i) {
    if (static_cast<std::size_t>(kMessages[i].code) != i) return false;
  }
  return true;
}
static_assert(in_order(), "one message per code, in the order of LineCode");

const Message& message_of(LineCode code) {
  const auto index = static_cast<std::size_t>(code);
  ISHI_ASSERT(index < kMessages.size());
  return kMessages[index];
}

// Found by name once, because a bad file says the same of every line.
template <typename Code, std::size_t kCount>
std::array<LineCode, kCount> line_codes() {
  std::array<LineCode, kCount> codes{};
  for (std::size_t i = 0; i < kCount; ++i) codes[i] = line_code_of(name_of(static_cast<Code>(i)));
  return codes;
}

}  // namespace

std::string_view name_of(LineCode code) {
  return message_of(code).name;
}

std::string_view words_for(LineCode code, Language language) {
  const Message& message = message_of(code);
  return language == Language::kJapanese ? message.japanese : message.english;
}

std::optional<LineCode> parse_line_code(std::string_view name) {
  for (const Message& message : kMessages) {
    if (message.name == name) return message.code;
  }
  return std::nullopt;
}

LineCode line_code_of(std::string_view error_code) {
  return parse_line_code(error_code).value_or(LineCode::kRefused);
}
LineCode line_code_of(NothingWritten reason) {
  static const auto kCodes = line_codes<NothingWritten, kNothingWrittenCount>();
  return kCodes.at(static_cast<std::size_t>(reason));
}
LineCode line_code_of(Remark remark) {
  static const auto kCodes = line_codes<Remark, kRemarkCount>();
  return kCodes.at(static_cast<std::size_t>(remark));
}

LineRefusal line_refusal_of(const Refusal& refusal) {
  static const auto kCodes = line_codes<RefusalCode, kRefusalCodeCount>();
  return {kCodes.at(static_cast<std::size_t>(refusal.code)), refusal.field};
}

}  // namespace ishi::api
