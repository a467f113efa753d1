#include "api/evidence/witness_client.h"

#include "api/witness/witness_protocol.h"
#include "registry/assert.h"
#include "registry/notes/note_text.h"

namespace ishi::api {

WitnessClient::WitnessClient(VerifierKey witness, std::unique_ptr<WitnessTransport> transport, const Evidence& evidence)
    : witness_(std::move(witness)), transport_(std::move(transport)), evidence_(evidence) {
  ISHI_ASSERT(witness_.type() == NoteKeyType::kCosignature);
}

Result<WitnessReply> WitnessClient::send(const Signed& head) {
  const auto proof = prove_consistency(seen_, head.checkpoint.size, TiledHashReader(evidence_, head.checkpoint.size));
  if (!proof) return fail(proof.error());
  return transport_->add_checkpoint(format_add_checkpoint({seen_, *proof, head.note}));
}

Result<NoteSignature> WitnessClient::offer(const Signed& head) {
  if (seen_ > head.checkpoint.size) seen_ = 0;
  for (int attempt = 0; attempt < 2; ++attempt) {
    const auto reply = send(head);
    if (!reply) return fail(reply.error());
    if (reply->status == 200) {
      auto cosignature = cosignature_in(head, reply->body);
      if (cosignature) seen_ = head.checkpoint.size;
      return cosignature;
    }
    if (reply->status != 409 || !reply->media_type.starts_with(kTreeSizeMediaType)) {
      return fail(ErrorKind::kUnprocessable, "witness_refused",
                  witness_.name() + " answered " + std::to_string(reply->status));
    }
    std::string_view body = reply->body;
    const auto line = take_line(body);
    const auto size = line ? parse_decimal(*line) : std::nullopt;
    if (!size || !body.empty()) break;
    if (*size > head.checkpoint.size) {
      return fail(ErrorKind::kConflict, "witness_ahead",
                  witness_.name() + " saw a larger tree: " + std::to_string(*size) + " events");
    }
    seen_ = *size;
  }
  return fail(ErrorKind::kUnprocessable, "witness_refused", witness_.name() + " does not accept what it was offered");
}

Result<NoteSignature> WitnessClient::cosignature_in(const Signed& head, std::string_view body) const {
  while (const auto line = take_line(body)) {
    auto signature = parse_signature_line(*line);
    if (!signature) break;
    if (!witness_.matches(*signature)) continue;
    if (witness_.verify(head.note.text, *signature)) return signature;
  }
  return fail(ErrorKind::kUnprocessable, "witness_signature",
              witness_.name() + " sent no valid cosignature of its own");
}

}  // namespace ishi::api
