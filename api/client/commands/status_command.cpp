#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "api/client/commands/command_line.h"
#include "api/client/commands/commands.h"
#include "api/client/runs/batch.h"

namespace ishi::client {
namespace {

struct StatusFlags {
  ServerFlags server;
  std::string token;
  AskedQuestion question;
};

int run_status(const StatusFlags& flags) {
  if (!Token::parse_hex(flags.token)) {
    return complain(Error{ErrorKind::kInvalidArgument, "usage", "--token: 32 hex digits; see `ishi token`"});
  }
  auto client = connect(flags.server);
  if (!client) return complain(client.error());
  HttpRequest request;
  request.method = "GET";
  request.target = "/v1/status/" + flags.token + "?" +
                   query_string({{"regime", flags.question.regime},
                                 {"holder", flags.question.holder},
                                 {"recipient", flags.question.recipient},
                                 {"purpose", flags.question.purpose},
                                 {"categories", flags.question.categories},
                                 {"record_from", flags.question.record_from},
                                 {"record_to", flags.question.record_to},
                                 {"as_of", flags.question.as_of}});
  const auto reply = send_patiently(**client, request, usual_patience());
  if (!reply) return complain(reply.error());
  if (reply->status != 200) return complain(error_of(*reply));
  std::printf("%s\n", reply->body.c_str());
  return kDone;
}

struct TasksFlags {
  ServerFlags server;
  std::string after, limit;
};

int run_tasks(const TasksFlags& flags) {
  auto client = connect(flags.server);
  if (!client) return complain(client.error());
  HttpRequest request;
  request.method = "GET";
  request.target = "/v1/tasks?" + query_string({{"after", flags.after}, {"limit", flags.limit}});
  const auto reply = send_patiently(**client, request, usual_patience());
  if (!reply) return complain(reply.error());
  if (reply->status != 200) return complain(error_of(*reply));
  std::printf("%s\n", reply->body.c_str());
  return kDone;
}

}  // namespace

void add_status(CLI::App& app, int& status) {
  auto flags = std::make_shared<StatusFlags>();
  CLI::App* const command = app.add_subcommand("status", "one decision about one person");
  command->footer(
      "Example:\n"
      "  ishi status --server http://127.0.0.1:18080 --key-file .ishi/hospital.key --regime NGMIA_ANON \\\n"
      "       --holder 2211300187 --categories RECEIPT --token d3247c7ba299e56755d61f9ee751ddfa");
  add_server_flags(*command, flags->server);
  command->add_option("--token", flags->token, "a token, 32 hex digits")->required();
  command->add_option("--regime", flags->question.regime, "legal regime")->required();
  command->add_option("--holder", flags->question.holder, "institution that holds the data");
  command->add_option("--recipient", flags->question.recipient, "operator that will receive it");
  command->add_option("--purpose", flags->question.purpose, "PURPOSE_1 … PURPOSE_6, or the number of a study");
  command->add_option("--record-from", flags->question.record_from, "first day of the records (YYYY-MM-DD)");
  command->add_option("--record-to", flags->question.record_to, "last day of the records");
  command->add_option("--categories", flags->question.categories, "kinds of data, comma-separated");
  command->add_option("--as-of", flags->question.as_of, "for auditors: as of that instant");
  command->callback([flags, &status] { status = run_status(*flags); });
}

void add_tasks(CLI::App& app, int& status) {
  auto flags = std::make_shared<TasksFlags>();
  CLI::App* const command = app.add_subcommand("tasks", "documents that are owed to people who objected");
  command->footer(
      "Example:\n  ishi tasks --server http://127.0.0.1:18080 --key-file .ishi/registry-ops.key\n"
      "A task is done when `ishi document` has recorded that it was given.");
  add_server_flags(*command, flags->server);
  command->add_option("--after", flags->after, "only objections behind this one: `after` of the answer before");
  command->add_option("--limit", flags->limit, "at most so many, up to 1000; left out = 100");
  command->callback([flags, &status] { status = run_tasks(*flags); });
}

}  // namespace ishi::client
