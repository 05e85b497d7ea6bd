// Package roster keeps who may sign in at the desk: the users of the stack's own
// pool, their groups, which are what they may do, and the code that their deeds are
// recorded under.
package roster

import (
	"context"
	"errors"
	"fmt"
	"net/mail"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	cognito "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"

	"resonanz/shared/intake"
)

// Roles are what somebody may do, each a group of the pool and a scope of the
// interface of the same name.
var Roles = []string{"cases", "approve", "reports", "invite", "privacy", "intake"}

const (
	codeAttribute = "custom:code"
	longestCode   = 64 // as the pool takes it
)

// Person is somebody who may sign in.
type Person struct {
	Email string
	// Code stands for the person in timelines: letters, digits, '.', '_', '-'; never
	// a name or an address. Empty: the pool's own id of the user.
	Code  string
	Roles []string // of Roles
	// Invited means that the person has not signed in yet: an invitation is good
	// for a week.
	Invited bool
}

// API is the part of Cognito that is used.
type API interface {
	AdminCreateUser(context.Context, *cognito.AdminCreateUserInput, ...func(*cognito.Options)) (*cognito.AdminCreateUserOutput, error)
	AdminUpdateUserAttributes(context.Context, *cognito.AdminUpdateUserAttributesInput, ...func(*cognito.Options)) (*cognito.AdminUpdateUserAttributesOutput, error)
	AdminSetUserPassword(context.Context, *cognito.AdminSetUserPasswordInput, ...func(*cognito.Options)) (*cognito.AdminSetUserPasswordOutput, error)
	AdminAddUserToGroup(context.Context, *cognito.AdminAddUserToGroupInput, ...func(*cognito.Options)) (*cognito.AdminAddUserToGroupOutput, error)
	AdminRemoveUserFromGroup(context.Context, *cognito.AdminRemoveUserFromGroupInput, ...func(*cognito.Options)) (*cognito.AdminRemoveUserFromGroupOutput, error)
	AdminListGroupsForUser(context.Context, *cognito.AdminListGroupsForUserInput, ...func(*cognito.Options)) (*cognito.AdminListGroupsForUserOutput, error)
	AdminUserGlobalSignOut(context.Context, *cognito.AdminUserGlobalSignOutInput, ...func(*cognito.Options)) (*cognito.AdminUserGlobalSignOutOutput, error)
	AdminDeleteUser(context.Context, *cognito.AdminDeleteUserInput, ...func(*cognito.Options)) (*cognito.AdminDeleteUserOutput, error)
	ListUsers(context.Context, *cognito.ListUsersInput, ...func(*cognito.Options)) (*cognito.ListUsersOutput, error)
}

// Roster is the user pool of one stack.
type Roster struct {
	API  API
	Pool string
}

// What the caller may have got wrong.
var (
	ErrEmail   = errors.New("this is no e-mail address")
	ErrCode    = errors.New("a code is 1 to 64 of A-Z, a-z, 0-9, '.', '_', ':', '|' and '-', and no address")
	ErrTaken   = errors.New("somebody else has this code: what the two do could not be told apart")
	ErrRole    = errors.New("there are only these roles: " + strings.Join(Roles, ", "))
	ErrUnknown = errors.New("nobody of this address may sign in")
)

// Outcome says what Enter did.
type Outcome struct {
	Created bool
	Given   []string // roles
	Taken   []string // roles
}

// List is everybody who may sign in, by address.
func (r *Roster) List(ctx context.Context) ([]Person, error) {
	users, err := r.users(ctx)
	if err != nil {
		return nil, err
	}
	people := make([]Person, len(users))
	for i := range users {
		u := &users[i]
		people[i] = Person{Email: attribute(u, "email"), Code: attribute(u, codeAttribute), Invited: u.UserStatus == types.UserStatusTypeForceChangePassword}
		if people[i].Roles, err = r.roles(ctx, aws.ToString(u.Username)); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(people, func(a, b Person) int { return strings.Compare(a.Email, b.Email) })
	return people, nil
}

// Enter makes that p may sign in and do what its roles say, and nothing else. Who
// is new is written to by the pool, with a password for the first time, unless
// quiet. Entering the same again changes nothing. Who lost a role is signed out:
// the token at hand still works until it ends, an hour at most.
// Errors: ErrEmail, ErrCode, ErrTaken, ErrRole.
func (r *Roster) Enter(ctx context.Context, p Person, quiet bool) (Outcome, error) {
	if err := check(p); err != nil {
		return Outcome{}, err
	}
	users, err := r.users(ctx)
	if err != nil {
		return Outcome{}, err
	}
	known, err := find(users, p)
	if err != nil {
		return Outcome{}, err
	}
	done, user := Outcome{Created: known == nil}, p.Email
	if known == nil {
		if err := r.create(ctx, p, quiet); err != nil {
			return Outcome{}, err
		}
	} else if user = aws.ToString(known.Username); p.Code != "" && attribute(known, codeAttribute) != p.Code {
		_, err := r.API.AdminUpdateUserAttributes(ctx, &cognito.AdminUpdateUserAttributesInput{
			UserPoolId: &r.Pool, Username: &user, UserAttributes: []types.AttributeType{{Name: aws.String(codeAttribute), Value: &p.Code}},
		})
		if err != nil {
			return Outcome{}, fmt.Errorf("changing the code: %w", err)
		}
	}
	err = r.assign(ctx, user, p.Roles, &done)
	return done, err
}

// Remove makes that the person of an address may sign in no longer, and forgets
// the address. Timelines keep the code. Errors: ErrUnknown.
func (r *Roster) Remove(ctx context.Context, email string) error {
	_, err := r.API.AdminUserGlobalSignOut(ctx, &cognito.AdminUserGlobalSignOutInput{UserPoolId: &r.Pool, Username: &email})
	if err == nil {
		_, err = r.API.AdminDeleteUser(ctx, &cognito.AdminDeleteUserInput{UserPoolId: &r.Pool, Username: &email})
	}
	var unknown *types.UserNotFoundException
	if errors.As(err, &unknown) {
		return ErrUnknown
	}
	if err != nil {
		return fmt.Errorf("removing from the pool: %w", err)
	}
	return nil
}

// SetPassword sets a password for good. In the cloud people choose their own.
func (r *Roster) SetPassword(ctx context.Context, email, password string) error {
	_, err := r.API.AdminSetUserPassword(ctx, &cognito.AdminSetUserPasswordInput{UserPoolId: &r.Pool, Username: &email, Password: &password, Permanent: true})
	if err != nil {
		return fmt.Errorf("setting the password: %w", err)
	}
	return nil
}

func check(p Person) error {
	if a, err := mail.ParseAddress(p.Email); err != nil || a.Address != p.Email {
		return ErrEmail
	}
	if p.Code != "" && (!intake.Person(p.Code) || len(p.Code) > longestCode) {
		return ErrCode
	}
	for _, role := range p.Roles {
		if !slices.Contains(Roles, role) {
			return fmt.Errorf("%w; not %q", ErrRole, role)
		}
	}
	return nil
}

// find is the user with p's address; nil: there is none. Errors: ErrTaken.
func find(users []types.UserType, p Person) (*types.UserType, error) {
	var known *types.UserType
	for i := range users {
		u := &users[i]
		if strings.EqualFold(attribute(u, "email"), p.Email) {
			known = u
		} else if p.Code != "" && (attribute(u, codeAttribute) == p.Code || attribute(u, "sub") == p.Code) {
			return nil, ErrTaken
		}
	}
	return known, nil
}

func (r *Roster) create(ctx context.Context, p Person, quiet bool) error {
	in := &cognito.AdminCreateUserInput{
		UserPoolId: &r.Pool, Username: &p.Email, DesiredDeliveryMediums: []types.DeliveryMediumType{types.DeliveryMediumTypeEmail},
		UserAttributes: []types.AttributeType{
			{Name: aws.String("email"), Value: &p.Email}, {Name: aws.String("email_verified"), Value: aws.String("true")},
		},
	}
	if p.Code != "" {
		in.UserAttributes = append(in.UserAttributes, types.AttributeType{Name: aws.String(codeAttribute), Value: &p.Code})
	}
	if quiet {
		in.MessageAction = types.MessageActionTypeSuppress
	}
	if _, err := r.API.AdminCreateUser(ctx, in); err != nil {
		return fmt.Errorf("entering into the pool: %w", err)
	}
	return nil
}

// assign makes roles the groups of a user.
func (r *Roster) assign(ctx context.Context, user string, roles []string, done *Outcome) error {
	has, err := r.roles(ctx, user)
	if err != nil {
		return err
	}
	for _, role := range Roles {
		switch want, is := slices.Contains(roles, role), slices.Contains(has, role); {
		case want && !is:
			if _, err := r.API.AdminAddUserToGroup(ctx, &cognito.AdminAddUserToGroupInput{UserPoolId: &r.Pool, Username: &user, GroupName: &role}); err != nil {
				return fmt.Errorf("giving role %s: %w", role, err)
			}
			done.Given = append(done.Given, role)
		case is && !want:
			if _, err := r.API.AdminRemoveUserFromGroup(ctx, &cognito.AdminRemoveUserFromGroupInput{UserPoolId: &r.Pool, Username: &user, GroupName: &role}); err != nil {
				return fmt.Errorf("taking role %s: %w", role, err)
			}
			done.Taken = append(done.Taken, role)
		}
	}
	if len(done.Taken) == 0 {
		return nil
	}
	if _, err := r.API.AdminUserGlobalSignOut(ctx, &cognito.AdminUserGlobalSignOutInput{UserPoolId: &r.Pool, Username: &user}); err != nil {
		return fmt.Errorf("signing out who lost a role: %w", err)
	}
	return nil
}

func (r *Roster) users(ctx context.Context) ([]types.UserType, error) {
	var all []types.UserType
	pages := cognito.NewListUsersPaginator(r.API, &cognito.ListUsersInput{UserPoolId: &r.Pool})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("listing the users of the pool: %w", err)
		}
		all = append(all, page.Users...)
	}
	return all, nil
}

func (r *Roster) roles(ctx context.Context, user string) ([]string, error) {
	var roles []string
	pages := cognito.NewAdminListGroupsForUserPaginator(r.API, &cognito.AdminListGroupsForUserInput{UserPoolId: &r.Pool, Username: &user})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("listing roles: %w", err)
		}
		for i := range page.Groups {
			if name := aws.ToString(page.Groups[i].GroupName); slices.Contains(Roles, name) {
				roles = append(roles, name)
			}
		}
	}
	slices.Sort(roles)
	return roles, nil
}

func attribute(u *types.UserType, name string) string {
	for _, a := range u.Attributes {
		if aws.ToString(a.Name) == name {
			return aws.ToString(a.Value)
		}
	}
	return ""
}
