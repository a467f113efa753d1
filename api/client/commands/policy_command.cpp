#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "api/client/commands/command_line.h"
#include "api/client/commands/commands.h"
#include "api/client/text/bytes_source.h"
#include "registry/policy/reading/policy_text.h"

namespace ishi::client {
namespace {

constexpr std::size_t kDocumentBytesMax = 16u << 20;
constexpr const char* kCheckExample =
    "Example:\n"
    "  ishi policy check ops/policy/regimes.toml ops/policy/option_2_2.toml .ishi/city/policy.toml";

struct PolicyFlags {
  ServerFlags server;
  std::vector<std::string> files;
};

Result<std::vector<PolicyDocument>> read_documents(const std::vector<std::string>& files) {
  std::vector<PolicyDocument> documents;
  for (const std::string& file : files) {
    auto text = read_small_file(file, kDocumentBytesMax);
    if (!text) return fail(text.error());
    documents.push_back(PolicyDocument{file.substr(file.rfind('/') + 1), std::move(*text)});
  }
  return documents;
}

// The documents, if they make a book; else every complaint on stderr.
Result<std::vector<PolicyDocument>> checked_documents(const std::vector<std::string>& files) {
  auto documents = read_documents(files);
  if (!documents) return documents;
  const PolicyReading reading = read_policy(*documents, PolicySource::kHandedIn);
  for (const PolicyComplaint& complaint : reading.complaints) {
    std::fprintf(stderr, "%s:%u: %s: %s\n", complaint.document.c_str(), complaint.line, complaint.field.c_str(),
                 complaint.message.c_str());
  }
  if (!reading.complaints.empty()) {
    return fail(ErrorKind::kInvalidArgument, "policy_wrong", std::to_string(reading.complaints.size()) + " complaints");
  }
  return documents;
}

int wrong(const Error& error) {
  const int status = complain(error);
  return error.code == "policy_wrong" ? static_cast<int>(kInputUnreadable) : status;
}

int check(const PolicyFlags& flags) {
  const auto documents = checked_documents(flags.files);
  if (!documents) return wrong(documents.error());
  std::printf("ok: %zu documents make a policy book\n", documents->size());
  return kDone;
}

int publish(const PolicyFlags& flags) {
  const auto documents = checked_documents(flags.files);
  if (!documents) return wrong(documents.error());
  auto client = connect(flags.server);
  if (!client) return complain(client.error());
  nlohmann::json body;
  for (const PolicyDocument& document : *documents) {
    body["documents"].push_back({{"name", document.name}, {"text", document.text}});
  }
  const std::string text = body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  HttpRequest request;
  request.target = "/v1/policy";
  request.content_type = "application/json";
  request.body = text;
  const auto reply = (*client)->send(request);
  if (!reply) return complain(reply.error());
  if (reply->status < 200 || reply->status > 299) return complain(error_of(*reply));
  std::printf("%s\n", reply->body.c_str());
  return kDone;
}

}  // namespace

void add_policy(CLI::App& app, int& status) {
  CLI::App* const policy = app.add_subcommand("policy", "policy documents: check them, publish them");
  policy->require_subcommand(1);
  policy->footer(kCheckExample);
  auto flags = std::make_shared<PolicyFlags>();
  CLI::App* const checking = policy->add_subcommand("check", "do these documents make a policy book?");
  checking->footer(kCheckExample);
  checking->add_option("files", flags->files, "TOML documents")->type_name("FILE")->required();
  checking->callback([flags, &status] { status = check(*flags); });
  auto publish_flags = std::make_shared<PolicyFlags>();
  CLI::App* const publishing = policy->add_subcommand("publish", "check, then make them the book in force");
  publishing->footer(
      "Example:\n"
      "  ishi policy publish --server http://127.0.0.1:18080 --key-file .ishi/registry-ops.key \\\n"
      "       ops/policy/regimes.toml ops/policy/option_2_2.toml .ishi/city/policy.toml");
  add_server_flags(*publishing, publish_flags->server);
  publishing->add_option("files", publish_flags->files, "TOML documents")->type_name("FILE")->required();
  publishing->callback([publish_flags, &status] { status = publish(*publish_flags); });
}

}  // namespace ishi::client
