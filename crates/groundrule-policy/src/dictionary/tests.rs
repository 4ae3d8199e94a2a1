//! What the built-in dictionary makes of names, both ways.
#![expect(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

use groundrule_facts::{LogValue, PrintedField, Shape, Treatment};
use groundrule_unit::Place;

use super::*;
use crate::{builtin, load};

fn dictionary() -> Dictionary {
    let (policies, _) = load(builtin(), None).unwrap();
    Dictionary::new(policies.get("sensitive-logs").unwrap().lists.as_ref().unwrap())
}

fn said(dictionary: &Dictionary, name: &str) -> String {
    match dictionary.read(name) {
        Reading::Nothing | Reading::Neutral => "-".to_owned(),
        Reading::Sensitive { class, certain: true } => class,
        Reading::Sensitive { class, certain: false } => format!("{class}?"),
    }
}

fn hold(expected: &str, names: &str) {
    let dictionary = dictionary();
    let wrong: Vec<String> = names
        .split_whitespace()
        .map(|name| (name, said(&dictionary, name)))
        .filter(|(_, found)| found != expected)
        .map(|(name, found)| format!("{name}: {found}"))
        .collect();
    assert!(wrong.is_empty(), "not {expected}: {wrong:#?}");
}

#[test]
fn credentials_are_found_in_every_notation() {
    hold(
        "credential",
        "password PASSWORD userPassword user_password passWord passwd dbPasswd passphrase
         passCode pass_code passcode newPassword password_confirmation oldPasswordHash passwordHash
         password_hash hashedPassword secret client_secret clientSecret CLIENT_SECRET secretKey
         aws_secret_access_key secret_value token accessToken access_token accesstoken
         refreshToken ID_TOKEN sessionToken session-token authToken bearerToken csrf_token
         xsrfToken jwt jwtToken resetToken passwordResetToken invitation_token apiKey api_key apikey
         API_KEY X-Api-Key privateKey private_key signingKey encryptionKey sshKey
         Authorization authorization_header authHeader cookie cookies Set-Cookie sessionCookie
         cookieValue credentials dbCredentials otp otpCode one_time_code totpSecret pinCode
         verificationCode verification_code mfaCode resetCode connectionString connection_string
         ConnectionStrings resetLink password_reset_url magicLink getToken fetchAccessToken
         tokenString tokenValue rawToken bearer tokenFromRequest Passwort kennwort contraseña senha
         motDePasse webhookSecret hentPassord accountKey sasToken",
    );
}

#[test]
fn compounds_about_credentials_are_none() {
    hold(
        "-",
        "tokenizer tokenize token_count tokenCount numTokens maxTokens total_tokens prompt_tokens
         completionTokens token_type tokenType tokenId token_expiry tokenExpiresAt token_ttl
         nextPageToken page_token pageToken continuationToken cancellationToken
         CancellationToken cancelToken tokenUrl tokenEndpoint tokenService TokenProvider
         passwordPolicy password_policy hasPassword isPasswordValid passwordUpdatedAt
         password_changed passwordLength passwordRequired secretName secret_name secretsmanager
         secretsManager secretArn secretVersion secretPath keyVault primaryKey
         primary_key foreignKey cacheKey cache_key key keys partitionKey publicKey
         idempotencyKey sessionId session_id authorizationUrl authorizationStatus author authority
         cookieName cookieConsent passport_strategy tokenHash emailHash compass bypass passed
         passenger classPath secureLogger credentialsProvider resetPassword validateToken sendToken
         revokeToken hashedToken maskedToken redactedPassword apiKeyId accessKeyId
         passwordResetEnabled jwtIssuer jwtAlgorithm jwtVerifier jwtMiddleware
         tokensUsed tokenUsage outputTokens llmTokens unexpectedToken currentToken curLexToken
         userByToken findUserByPassword",
    );
}

#[test]
fn contact_data_is_found() {
    hold(
        "contact",
        "email e-mail eMail userEmail user_email emailAddress email_address emails customerEmail
         recipientEmail toEmail phone phoneNumber phone_number mobileNumber telephone
         homeAddress postalAddress shipping_address billingAddress addressLine1 address_line_2
         streetName fullName full_name customerName customer_name employeeName patientName
         cardholderName card_holder_name subscriber_name dateOfBirth date_of_birth birthDate
         birthday dob ip ipAddress ip_address clientIp client_ip remoteAddr remote_addr
         RemoteAddr X-Forwarded-For xRealIp sourceIp latitude longitude fødselsdato
         hentSaksbehandlerNavn saksbehandlerNavn epost telefonnummer geburtsdatum courriel
         correoElectronico emailOfCustomer getEmail emailForUser",
    );
}

#[test]
fn what_is_about_a_person_but_not_contact_data_is_left_alone() {
    hold(
        "-",
        "username userName user_name login user userId user_id customerId name firstName
         displayName display_name fileName hostname serverName companyName email_sent emailSent
         emailVerified isEmailVerified emailTemplate email_template emailService emailClient
         emailCount sendEmail emailQueue phoneModel phoneVerified serverAddr
         server_addr listenAddress bindAddr macAddress contractAddress baseAddress serverIp podIp
         host_ip zip unzip script recipe shipment equip
         ipWhitelistEnabled birthdayEnabled emailDomain userByEmail findByEmail
         countByEmail description equipment",
    );
}

#[test]
fn financial_data_is_found_and_compounds_are_not() {
    hold(
        "financial",
        "cardNumber card_number creditCardNumber credit_card ccCardNumber cvv CVV2 cvc iban IBAN
         bankAccount bankAccountNumber account_number accountNum fromAccountNum
         getFromAccountNum routingNumber sortCode kontonummer",
    );
    hold(
        "-",
        "card cardType cardId card_brand cardLast4 accountId account discard cardinality
         expand panel amount balance currency orgNumber orderNumber invoiceNumber",
    );
}

#[test]
fn numbers_that_a_state_gives_are_found_in_several_languages() {
    hold(
        "government-id",
        "ssn SSN userSsn socialSecurityNumber social_security_number passportNumber passport_no
         nationalId national_id taxId tax_id fnr fnrBarn fnrFraToken fødselsnummer
         fodselsnummer aktivtFødselsnummer personnummer personIdent personident barnasIdenter
         morsIdent identer steuernummer steuerId codiceFiscale cpf pesel bsn",
    );
    hold(
        "-",
        "saksbehandlerIdent navIdent identifier identity identityProvider aktørId
         assessment missing taxRate nationality nationalTeam antallIdenter",
    );
    hold("government-id?", "ident tin");
}

#[test]
fn health_data_is_found() {
    hold("health", "diagnosis diagnosisCode medication medicalRecord medical_record_number");
    hold("-", "diagnostics healthCheck health healthStatus treatmentId recordId");
}

#[test]
fn what_a_reader_has_to_look_at_is_uncertain() {
    hold("contact?", "address lastName surname supportEmail fromEmail location street");
    hold("credential?", "pwd dsn database_url");
}

#[test]
fn messages_that_speak_of_sensitive_things_are_tempting() {
    let dictionary = dictionary();
    for message in [
        "Creating password hash.",
        "Token verified",
        "Stripe keys: no API key",
        "mangler fødselsdato",
    ] {
        assert!(dictionary.mentions(message), "{message}");
    }
    for message in ["order placed", "starting tokenizer", "connected to broker"] {
        assert!(!dictionary.mentions(message), "{message}");
    }
}

fn value(expression: &str, names: &[&str], ty: &str, shape: Shape) -> LogValue {
    LogValue {
        expression: expression.to_owned(),
        names: names.iter().map(|name| (*name).into()).collect(),
        ty: ty.to_owned(),
        number: false,
        shape,
        treatment: Treatment::Plain,
        fields: Vec::new(),
        complete: true,
        place: Place::top_of("a".into()),
    }
}

fn field(path: &str) -> PrintedField {
    PrintedField {
        path: path.to_owned(),
        name: path.rsplit('.').next().unwrap().into(),
        ty: String::new(),
        place: None,
    }
}

#[test]
fn the_name_that_a_value_had_where_it_came_from_counts() {
    let found =
        dictionary().find(&value("v", &["v", "accountId", "getFromAccountNum"], "", Shape::Scalar));
    assert_eq!(found.class, "financial");
    assert_eq!(found.word, "getFromAccountNum");
}

#[test]
fn a_name_that_is_about_a_value_ends_the_search() {
    let found =
        dictionary().find(&value("tokenCount", &["tokenCount", "token"], "", Shape::Scalar));
    assert_eq!(found.class, "");
}

#[test]
fn the_owner_of_a_member_tells_what_its_name_is_of() {
    let dictionary = dictionary();
    let class =
        |expression, name| dictionary.find(&value(expression, &[name], "", Shape::Scalar)).class;
    assert_eq!(class("customer.name", "name"), "contact");
    assert_eq!(class("order.getCustomer().getName()", "getName"), "contact");
    assert_eq!(class("card.number", "number"), "financial");
    assert_eq!(class("user.name", "name"), "");
    assert_eq!(class("file.name", "name"), "");
}

#[test]
fn a_type_tells_what_its_value_is() {
    let dictionary = dictionary();
    let class = |ty| dictionary.find(&value("x", &["x"], ty, Shape::Scalar)).class;
    assert_eq!(class("EmailAddress"), "contact");
    assert_eq!(class("com.acme.Password"), "credential");
    assert_eq!(class("List<String>"), "");
    assert_eq!(class("CancellationToken"), "");
    assert_eq!(class("TokenService"), "");
}

#[test]
fn printed_fields_decide_over_the_name_of_the_object() {
    let mut email = value("email", &["email"], "Email", Shape::Object);
    email.fields = vec![field("subject"), field("template")];
    assert_eq!(dictionary().find(&email).class, "");
    email.fields.push(field("to.address.phone"));
    let found = dictionary().find(&email);
    assert_eq!((found.class.as_str(), found.field.as_str()), ("contact", "to.address.phone"));
}

#[test]
fn a_wrapper_of_one_value_is_that_value() {
    let mut email = value("email", &["email"], "Email", Shape::Object);
    email.fields = vec![field("value")];
    assert_eq!(dictionary().find(&email).class, "contact");
}

#[test]
fn a_first_and_a_last_name_are_a_full_name() {
    let mut person = value("p", &["p"], "P", Shape::Object);
    person.fields = vec![field("firstName")];
    assert_eq!(dictionary().find(&person).class, "");
    person.fields.push(field("lastName"));
    let found = dictionary().find(&person);
    assert!(found.certain && found.class == "contact");
}

#[test]
fn what_is_about_an_object_does_not_carry_its_fields() {
    let dictionary = dictionary();
    let carries =
        |names: &[&str]| dictionary.find(&value(names[0], names, "", Shape::Unknown)).carrier;
    assert!(carries(&["user"]) && carries(&["newCustomer"]) && carries(&["x", "user_request"]));
    assert!(!carries(&["user_id"]) && !carries(&["customerId", "request"]));
    assert!(carries(&["response"]) && carries(&["event"]));
}

#[test]
fn a_value_that_is_called_an_identifier_is_one_whatever_it_came_from() {
    let dictionary = dictionary();
    let found = |names: &[&str]| dictionary.find(&value("x", names, "", Shape::Unknown)).class;
    assert_eq!(found(&["notification_id", "parse_token"]), "");
    assert_eq!(found(&["id", "get_email_files"]), "");
    assert_eq!(found(&["tax_id"]), "government-id");
    assert_eq!(found(&["result", "parse_token"]), "credential");
}

#[test]
fn a_number_is_how_many_there_are_of_a_text() {
    let dictionary = dictionary();
    let number =
        |name: &str| LogValue { number: true, ..value(name, &[name], "int", Shape::Scalar) };
    for (name, class) in [
        ("requested_emails", ""),
        ("local_tokens", ""),
        ("account_number", "financial"),
        ("phone", "contact"),
        ("otp", "credential"),
    ] {
        assert_eq!(dictionary.find(&number(name)).class, class, "{name}");
    }
}

#[test]
fn a_member_is_what_it_is_called_whatever_its_owner_is() {
    let dictionary = dictionary();
    let found =
        |path: &str, name: &str| dictionary.find(&value(path, &[name], "", Shape::Scalar)).class;
    assert_eq!(found("token.environment", "environment"), "");
    assert_eq!(found("fnr.verdi", "verdi"), "government-id");
    assert_eq!(found("customer.name", "name"), "contact");
    assert_eq!(found("person.fullName", "fullName"), "contact");
    assert_eq!(found("repo.FullName", "FullName"), "");
}
