#include "api/server/evidence_parts.h"

#include "api/host/key_file.h"
#include "registry/policy/controller.h"

namespace ishi::api {
namespace {

// `line`: "<vkey> <address>" of a witness that checkpoints are offered to.
Result<std::unique_ptr<WitnessClient>> client_for(const std::string& line, const Evidence& evidence) {
  const auto space = line.find(' ');
  const auto invalid = [&](const std::string& why) {
    return fail(ErrorKind::kInvalidArgument, "witness_invalid", "evidence.witnesses: '" + line + "': " + why);
  };
  if (space == std::string::npos) return invalid("must be a key and an address, with a blank between them");
  auto key = VerifierKey::parse(line.substr(0, space));
  if (!key) return invalid(key.error().detail);
  if (key->type() != NoteKeyType::kCosignature) return invalid("the key is not a witness's");
  auto transport = connect_to_witness(line.substr(space + 1));
  if (!transport) return invalid(transport.error().detail);
  return std::make_unique<WitnessClient>(std::move(*key), std::move(*transport), evidence);
}

// Who answers for the registry stands on each checkpoint, and so on each receipt.
std::vector<std::string> controller_lines(const std::shared_ptr<const PolicyBook>& book) {
  if (!book) return {};
  std::string line = std::string(kControllerLine) + controller_of(book->profile);
  if (!is_origin(line)) return {};
  return {std::move(line)};
}

}  // namespace

EvidenceParts::EvidenceParts(SignerOptions options, std::vector<std::unique_ptr<WitnessClient>> witnesses,
                             const Evidence& evidence, CheckpointStore& store, ReceiptHandler::BookSource book,
                             CheckpointSigner::Report report, std::size_t tile_memory_bytes_max)
    : log_(evidence, store, options.keys.verifiers, tile_memory_bytes_max),
      receipts_(log_, std::move(book)),
      signer_(std::move(options), std::move(witnesses), evidence, store, std::move(report)) {}

Result<std::unique_ptr<EvidenceParts>> EvidenceParts::create(const Config& config, const Evidence& evidence,
                                                             CheckpointStore& store, ReceiptHandler::BookSource book,
                                                             CheckpointSigner::Report report,
                                                             const ReadConfirmer* confirmer) {
  auto keys = read_key_file(path_in(config, config.evidence.key_file));
  if (!keys) return fail(keys.error());
  std::vector<std::unique_ptr<WitnessClient>> witnesses;
  for (const std::string& line : config.evidence.witnesses) {
    auto client = client_for(line, evidence);
    if (!client) return fail(client.error());
    witnesses.push_back(std::move(*client));
  }
  SignerOptions options{std::move(*keys), path_in(config, config.evidence.memory_file)};
  options.confirmer = confirmer;
  options.extensions = [book] { return controller_lines(book()); };
  return std::unique_ptr<EvidenceParts>(
      new EvidenceParts(std::move(options), std::move(witnesses), evidence, store, std::move(book), std::move(report),
                        static_cast<std::size_t>(config.evidence.tile_memory_bytes_max)));
}

}  // namespace ishi::api
