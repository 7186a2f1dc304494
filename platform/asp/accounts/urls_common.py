"""What office and host console have in common: the gate, own pages, accounts."""

from django.urls import path

from asp.accounts.views import gate, links, own, people

common = [
    path("sign-in/", gate.sign_in_page, name="sign-in"),
    path("sign-in/code/", gate.second_factor, name="second-factor"),
    path("sign-in/set-up/", gate.enrol, name="enrol"),
    path("sign-in/again/", gate.start_over, name="start-over"),
    path("sign-out/", gate.sign_out, name="sign-out"),
    path("forgotten/", gate.forgotten_page, name="forgotten"),
    path("password/", gate.password_required, name="password-required"),
    path("link/<str:token>/", links.activate, name="activate"),
    path("profile/", own.profile, name="profile"),
    path("security/", own.security, name="security"),
    path("security/app/", own.factor_enrol, name="factor-enrol"),
    path("security/app/remove/", own.factor_remove, name="factor-remove"),
    path("security/codes/", own.recovery_codes, name="recovery-codes"),
    path("sessions/", own.sessions, name="sessions"),
    path("sessions/others/end/", own.sessions_end_others, name="sessions-end-others"),
    path("sessions/<uuid:session_id>/end/", own.session_end, name="session-end"),
    path("people/", people.account_list, name="account-list"),
    path("people/<uuid:account_id>/", people.account_detail, name="account-detail"),
    path("people/<uuid:account_id>/unlock/", people.account_unlock, name="account-unlock"),
    path("people/<uuid:account_id>/disable/", people.account_disable, name="account-disable"),
    path("people/<uuid:account_id>/enable/", people.account_enable, name="account-enable"),
    path("people/<uuid:account_id>/factor/", people.factor_reset, name="factor-reset"),
    path("people/<uuid:account_id>/sessions/end/", people.sessions_end, name="account-sessions-end"),
    path("people/<uuid:account_id>/link/", people.link_issue, name="account-link"),
]
